namespace Devices.Qemu;

/// <summary>What <c>migrate-set-capabilities</c> takes.</summary>
internal sealed record MigrationCapabilities(IReadOnlyList<MigrationCapability> Capabilities);
