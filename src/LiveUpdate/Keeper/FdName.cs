namespace Devices.LiveUpdate;

/// <summary>The rule for names of kept descriptors: one word of printable ASCII, so that they survive any listing, log and shell.</summary>
internal static class FdName
{
    internal const int MaxLength = 128;

    internal static void Check(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (name.Length is 0 or > MaxLength || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"'{name}' cannot name a descriptor: it takes 1 to {MaxLength} printable ASCII characters without blanks.", parameter);
    }
}
