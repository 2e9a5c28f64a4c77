namespace Devices.Linux;

/// <summary>The unit of memory mappings.</summary>
public static class PageSize
{
    /// <summary>The system's page size in bytes.</summary>
    public static int Bytes => Environment.SystemPageSize;

    /// <summary>Whether a length or an offset in bytes is a whole number of pages.</summary>
    /// <param name="bytes">The length or offset.</param>
    public static bool IsAligned(ulong bytes) => bytes % (ulong)Bytes == 0;

    /// <summary>The length in bytes, rounded up to whole pages.</summary>
    /// <param name="bytes">The length.</param>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static ulong RoundUp(ulong bytes) => checked(bytes + (ulong)Bytes - 1) / (ulong)Bytes * (ulong)Bytes;
}
