namespace Devices.Qemu;

/// <summary>QEMU could not write its state, or not go on from one.</summary>
public sealed class QemuMigrationException : Exception
{
    internal QemuMigrationException(string what, string? reason)
        : base($"QEMU could not {what}: {reason ?? "it does not say why"}")
    {
    }
}
