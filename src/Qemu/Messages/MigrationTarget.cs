namespace Devices.Qemu;

/// <summary>What <c>migrate</c> takes, and <c>migrate-incoming</c>, which says besides whether QEMU ends when it fails.</summary>
internal sealed record MigrationTarget(string Uri, bool? ExitOnError = null);
