using System.Text;

namespace Devices.LiveUpdate;

/// <summary>
/// Finds the ABI strings and the version banner in a kernel, in one pass over any amount of bytes: <c>kho-v4\0</c> and the like stand in the
/// kernel's read-only data because the code compares with them.
/// </summary>
internal sealed class AbiScanner
{
    // Longest thing looked for: the banner. A match that reaches into the next chunk is found there.
    private const int Overlap = 512;
    private const int ChunkSize = 1 << 20;

    private readonly SortedSet<string> _kho = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _luo = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _memfd = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _banners = new(StringComparer.Ordinal);

    internal IReadOnlyCollection<string> Kho => _kho;

    internal IReadOnlyCollection<string> Luo => _luo;

    internal IReadOnlyCollection<string> Memfd => _memfd;

    /// <summary>Gets the lines that start with "Linux version ", without the newline. One of them is <c>/proc/version</c>.</summary>
    internal IReadOnlyCollection<string> Banners => _banners;

    /// <summary>Reads a stream to its end.</summary>
    /// <returns>How many bytes there were.</returns>
    internal long Scan(Stream stream, long limit)
    {
        var buffer = new byte[Overlap + ChunkSize];
        var kept = 0;
        var total = 0L;
        while (true)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            total += read;
            if (total > limit)
                throw new InvalidDataException($"more than {limit} bytes");
            var filled = buffer.AsSpan(0, kept + read);
            Scan(filled);
            if (filled.Length < buffer.Length)
                return total;
            filled[^Overlap..].CopyTo(buffer);
            kept = Overlap;
        }
    }

    internal void Scan(ReadOnlySpan<byte> bytes)
    {
        Find(bytes, "kho-v"u8, _kho);
        Find(bytes, "luo-v"u8, _luo);
        Find(bytes, "memfd-v"u8, _memfd);
        FindBanners(bytes);
    }

    private static void Find(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> prefix, SortedSet<string> found)
    {
        for (var start = 0; ;)
        {
            var index = bytes[start..].IndexOf(prefix);
            if (index < 0)
                return;
            var match = start + index;
            start = match + prefix.Length;
            var digits = 0;
            while (digits < 9 && start + digits < bytes.Length && char.IsAsciiDigit((char)bytes[start + digits]))
                digits++;
            // Only a whole C string: a message such as "kho-v4 is not understood" is not what the code compares with.
            var isWhole = (match == 0 || !IsWordByte(bytes[match - 1])) && start + digits < bytes.Length && bytes[start + digits] == 0;
            if (digits > 0 && isWhole)
                found.Add(Encoding.ASCII.GetString(bytes.Slice(match, prefix.Length + digits)));
        }
    }

    private void FindBanners(ReadOnlySpan<byte> bytes)
    {
        var prefix = "Linux version "u8;
        for (var start = 0; ;)
        {
            var index = bytes[start..].IndexOf(prefix);
            if (index < 0)
                return;
            var match = bytes[(start + index)..];
            start += index + prefix.Length;
            var end = match[..Math.Min(match.Length, Overlap)].IndexOf((byte)'\n');
            if (end > 0 && !match[..end].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
                _banners.Add(Encoding.ASCII.GetString(match[..end]));
        }
    }

    private static bool IsWordByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_';
}
