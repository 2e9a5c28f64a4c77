namespace Devices.Drivers;

/// <summary>An I/O command, by its opcode in the NVM command set.</summary>
public enum NvmeOperation
{
    /// <summary>Make all that was written before safe from a power loss.</summary>
    Flush = 0,
    /// <summary>Write blocks.</summary>
    Write = 1,
    /// <summary>Read blocks.</summary>
    Read = 2,
}
