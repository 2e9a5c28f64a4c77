namespace Devices.Linux;

/// <summary>Advice for a mapping (<c>madvise(2)</c>).</summary>
public enum MemoryAdvice
{
    /// <summary><c>MADV_HUGEPAGE</c>: back it with huge pages where possible. For a memfd the kernel must allow it in <c>shmem_enabled</c>.</summary>
    HugePage = 14,
    /// <summary><c>MADV_NOHUGEPAGE</c>: back it with small pages even where huge ones are the default.</summary>
    NoHugePage = 15,
    /// <summary><c>MADV_DONTFORK</c>: a child made by fork does not get it, so that pinned pages stay the parent's.</summary>
    DontFork = 10,
    /// <summary><c>MADV_POPULATE_WRITE</c>: fault all pages in, writable, now and with an error instead of a signal.</summary>
    PopulateWrite = 23,
}
