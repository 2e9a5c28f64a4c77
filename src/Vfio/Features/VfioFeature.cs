namespace Devices.Vfio;

/// <summary>What a device can do beyond registers and interrupts (<c>VFIO_DEVICE_FEATURE_*</c>).</summary>
/// <remarks>
/// Left out: <c>BUS_MASTER</c> (CDX devices only; a PCI device has it in its Command register) and <c>ZPCI_ERROR</c> (s390).
/// </remarks>
public enum VfioFeature : ushort
{
    /// <summary>A PF's VF token can be set: <see cref="VfioDevice.SetVfToken"/>.</summary>
    PciVfToken = VfioConstants.VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
    /// <summary>The device can be migrated: <see cref="VfioMigration"/>.</summary>
    Migration = VfioConstants.VFIO_DEVICE_FEATURE_MIGRATION,
    /// <summary>The migration state can be read and changed.</summary>
    MigrationDeviceState = VfioConstants.VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
    /// <summary>Low power may be entered: <see cref="VfioPower"/>.</summary>
    LowPowerEntry = VfioConstants.VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY,
    /// <summary>Low power may be entered once, and an eventfd tells of its end.</summary>
    LowPowerEntryWithWakeup = VfioConstants.VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP,
    /// <summary>Low power can be left.</summary>
    LowPowerExit = VfioConstants.VFIO_DEVICE_FEATURE_LOW_POWER_EXIT,
    /// <summary>The device can log what it writes to: <see cref="VfioDevice.StartDmaLogging"/>.</summary>
    DmaLoggingStart = VfioConstants.VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
    /// <summary>The log can be stopped.</summary>
    DmaLoggingStop = VfioConstants.VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP,
    /// <summary>The log can be read.</summary>
    DmaLoggingReport = VfioConstants.VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,
    /// <summary>The length of what is left to save can be asked for: <see cref="VfioMigration.StopCopyLength"/>.</summary>
    MigrationDataSize = VfioConstants.VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
    /// <summary>Parts of a BAR can be had as a dma-buf: <see cref="Bar.ExportDmaBuf"/>.</summary>
    DmaBuf = VfioConstants.VFIO_DEVICE_FEATURE_DMA_BUF,
    /// <summary><see cref="PreCopyInfo.HasNewInitialData"/> can be asked for: <see cref="VfioMigration.EnablePreCopyInfoV2"/>.</summary>
    MigrationPreCopyInfoV2 = VfioConstants.VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2,
}
