namespace Devices.Vfio;

/// <summary>What a device that can be migrated is doing (<c>enum vfio_device_mig_state</c>).</summary>
public enum MigrationState : uint
{
    /// <summary>It failed in the middle of a transition; only a reset brings it back, to <see cref="Running"/>.</summary>
    Error = vfio_device_mig_state.VFIO_DEVICE_STATE_ERROR,
    /// <summary>It does no DMA, raises no interrupt and changes nothing within itself.</summary>
    Stop = vfio_device_mig_state.VFIO_DEVICE_STATE_STOP,
    /// <summary>It runs.</summary>
    Running = vfio_device_mig_state.VFIO_DEVICE_STATE_RUNNING,
    /// <summary>It is stopped, and the rest of its state can be read.</summary>
    StopCopy = vfio_device_mig_state.VFIO_DEVICE_STATE_STOP_COPY,
    /// <summary>It is stopped and takes in a state.</summary>
    Resuming = vfio_device_mig_state.VFIO_DEVICE_STATE_RESUMING,
    /// <summary>It runs, but starts no DMA to other devices.</summary>
    RunningP2P = vfio_device_mig_state.VFIO_DEVICE_STATE_RUNNING_P2P,
    /// <summary>It runs, and what of its state can be had already can be read.</summary>
    PreCopy = vfio_device_mig_state.VFIO_DEVICE_STATE_PRE_COPY,
    /// <summary>Both <see cref="PreCopy"/> and <see cref="RunningP2P"/>.</summary>
    PreCopyP2P = vfio_device_mig_state.VFIO_DEVICE_STATE_PRE_COPY_P2P,
}
