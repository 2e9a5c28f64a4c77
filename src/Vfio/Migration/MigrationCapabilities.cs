namespace Devices.Vfio;

/// <summary>Which states a device's migration has beside running and failed (<c>VFIO_MIGRATION_*</c>).</summary>
[Flags]
public enum MigrationCapabilities : ulong
{
    /// <summary>None: the device cannot be migrated.</summary>
    None = 0,
    /// <summary><see cref="MigrationState.Stop"/>, <see cref="MigrationState.StopCopy"/> and <see cref="MigrationState.Resuming"/>: every device that can be migrated has them.</summary>
    StopCopy = VfioConstants.VFIO_MIGRATION_STOP_COPY,
    /// <summary><see cref="MigrationState.RunningP2P"/>.</summary>
    PeerToPeer = VfioConstants.VFIO_MIGRATION_P2P,
    /// <summary><see cref="MigrationState.PreCopy"/>; with <see cref="PeerToPeer"/> also <see cref="MigrationState.PreCopyP2P"/>.</summary>
    PreCopy = VfioConstants.VFIO_MIGRATION_PRE_COPY,
}
