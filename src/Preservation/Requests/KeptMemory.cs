using Devices.Linux;

namespace Devices.Preservation;

/// <summary>A memfd to keep, under the name by which the next kernel's process asks for it.</summary>
/// <param name="Name">1 to 64 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>; unique in its session.</param>
/// <param name="File">The memfd: sealed in size, not of hugetlb pages. It stays the caller's.</param>
public sealed record KeptMemory(string Name, MemFd File)
{
    internal const int MaxNameLength = 64;

    /// <summary>Whether a text can be a memory's name.</summary>
    /// <param name="name">The text.</param>
    public static bool IsName(string? name)
        => name?.Length is > 0 and <= MaxNameLength && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
