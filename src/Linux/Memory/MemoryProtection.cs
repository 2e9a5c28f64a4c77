namespace Devices.Linux;

/// <summary>What a mapping may be used for (<c>PROT_*</c> of <c>mmap(2)</c>).</summary>
[Flags]
public enum MemoryProtection
{
    /// <summary>No access.</summary>
    None = 0,
    /// <summary><c>PROT_READ</c>.</summary>
    Read = 1,
    /// <summary><c>PROT_WRITE</c>.</summary>
    Write = 2,
    /// <summary>Both.</summary>
    ReadWrite = Read | Write,
}
