namespace Devices.Linux;

/// <summary>What may no longer be done to a memfd (<c>F_SEAL_*</c> of <c>fcntl(2)</c>).</summary>
[Flags]
public enum MemFdSeals
{
    /// <summary>No seal.</summary>
    None = 0,
    /// <summary><c>F_SEAL_SEAL</c>: no further seals.</summary>
    Seal = 1,
    /// <summary><c>F_SEAL_SHRINK</c>: its pages cannot go away under a mapping.</summary>
    Shrink = 2,
    /// <summary><c>F_SEAL_GROW</c>: its size is fixed upwards.</summary>
    Grow = 4,
    /// <summary><c>F_SEAL_WRITE</c>: its data is fixed.</summary>
    Write = 8,
    /// <summary><c>F_SEAL_FUTURE_WRITE</c>: no new writable mapping.</summary>
    FutureWrite = 16,
    /// <summary><c>F_SEAL_EXEC</c>: its executable bits are fixed.</summary>
    Exec = 32,
    /// <summary>Size fixed for good: what memory for DMA and for a live update carries.</summary>
    FixedSize = Seal | Shrink | Grow,
}
