namespace Devices.Qemu;

/// <summary>One capability of a migration.</summary>
internal sealed record MigrationCapability(string Capability, bool State);
