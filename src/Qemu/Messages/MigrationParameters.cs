namespace Devices.Qemu;

/// <summary>What <c>migrate-set-parameters</c> takes, as far as it is used.</summary>
internal sealed record MigrationParameters(string Mode);
