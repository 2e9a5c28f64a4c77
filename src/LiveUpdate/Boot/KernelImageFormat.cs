namespace Devices.LiveUpdate;

/// <summary>What kind of file a kernel image is.</summary>
public enum KernelImageFormat
{
    /// <summary>A bzImage of the x86 boot protocol: what <c>kexec_file_load</c> takes on x86.</summary>
    BzImage,

    /// <summary>An uncompressed ELF kernel (<c>vmlinux</c>): it can be looked into, but <c>kexec_file_load</c> refuses it on x86.</summary>
    Elf,
}
