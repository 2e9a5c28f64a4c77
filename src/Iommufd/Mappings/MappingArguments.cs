using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>What every back end refuses before it asks the kernel, in the same words.</summary>
internal static class MappingArguments
{
    internal static void CheckRange(Iova? at, ulong length, DmaAccess access)
    {
        if (access is not (DmaAccess.Read or DmaAccess.Write or DmaAccess.ReadWrite))
            throw new ArgumentOutOfRangeException(nameof(access), $"{access} is no access.");
        if (length == 0 || !PageSize.IsAligned(length))
            throw new ArgumentException($"0x{length:x} bytes are not a positive multiple of the page size.", nameof(length));
        if (at is not { } iova) return;
        if (!PageSize.IsAligned(iova.Value)) throw new ArgumentException($"The IOVA {iova} is not a multiple of the page size.", nameof(at));
        if (iova.Value > ulong.MaxValue - (length - 1)) throw new ArgumentException($"0x{length:x} bytes at {iova} exceed 64 bits.", nameof(length));
    }

    internal static void CheckPart(MemFd file, long offset, ulong length)
    {
        if (!PageSize.IsAligned((ulong)offset)) throw new ArgumentException($"Offset 0x{offset:x} is not a multiple of the page size.", nameof(offset));
        if (offset > file.Length || length > (ulong)(file.Length - offset))
            throw new ArgumentException($"0x{length:x} bytes at 0x{offset:x} exceed {file.Fd.Subject} of 0x{file.Length:x} bytes.", nameof(length));
    }
}
