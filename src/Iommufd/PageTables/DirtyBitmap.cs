using System.Numerics;

namespace Devices.Iommufd;

/// <summary>
/// Which pages of a range of IOVAs were written: a bit for each page, as the kernel's dirty tracking and DMA logging fill it. For one owner.
/// </summary>
public sealed class DirtyBitmap
{
    private const int BitsPerWord = 64;
    private readonly ulong[] _words;
    private readonly int _shift;

    /// <summary>A bitmap in which no page is dirty.</summary>
    /// <param name="range">The range, of whole pages.</param>
    /// <param name="pageSize">What a bit stands for, in bytes: a power of two, no less than the page table's smallest page.</param>
    /// <exception cref="ArgumentException">The page size is no power of two, the range is not of whole pages, or it has too many.</exception>
    public DirtyBitmap(IovaRange range, ulong pageSize)
    {
        if (!BitOperations.IsPow2(pageSize)) throw new ArgumentException($"A page of 0x{pageSize:x} bytes is no power of two.", nameof(pageSize));
        if (!range.First.IsAligned(pageSize) || range.Length % pageSize != 0)
            throw new ArgumentException($"{range} does not consist of whole pages of 0x{pageSize:x} bytes.", nameof(range));
        var pages = range.Length / pageSize;
        if (pages > (UInt128)Array.MaxLength * BitsPerWord)
            throw new ArgumentException($"{range} has {pages} pages of 0x{pageSize:x} bytes: too many for one bitmap.", nameof(range));
        Range = range;
        PageSize = pageSize;
        PageCount = (ulong)pages;
        _shift = BitOperations.TrailingZeroCount(pageSize);
        _words = new ulong[(PageCount + BitsPerWord - 1) / BitsPerWord];
    }

    /// <summary>The range that it is about.</summary>
    public IovaRange Range { get; }

    /// <summary>What a bit stands for, in bytes.</summary>
    public ulong PageSize { get; }

    /// <summary>How many pages the range has.</summary>
    public ulong PageCount { get; }

    /// <summary>How many of them are dirty.</summary>
    public ulong DirtyCount
    {
        get
        {
            ulong count = 0;
            foreach (var word in _words) count += (ulong)BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>
    /// The bits, for calls that fill them: page n of the range is bit n % 64 of word n / 64. Bits beyond the last page must stay 0.
    /// </summary>
    public Span<ulong> Words => _words;

    /// <summary>Whether the page that an address lies in is dirty.</summary>
    /// <param name="address">An address of the range.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not of the range.</exception>
    public bool IsDirty(Iova address)
    {
        var page = PageOf(address);
        return (_words[page / BitsPerWord] & Bit(page)) != 0;
    }

    /// <summary>Marks the page that an address lies in.</summary>
    /// <param name="address">An address of the range.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not of the range.</exception>
    public void MarkDirty(Iova address)
    {
        var page = PageOf(address);
        _words[page / BitsPerWord] |= Bit(page);
    }

    /// <summary>Forgets all marks.</summary>
    public void Clear() => _words.AsSpan().Clear();

    /// <summary>Adds the marks of another bitmap of the same range and page size.</summary>
    /// <param name="other">The other one.</param>
    /// <exception cref="ArgumentException">Of another range or page size.</exception>
    public void UnionWith(DirtyBitmap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Range != Range || other.PageSize != PageSize)
            throw new ArgumentException($"{other} is not of the same pages as {this}.", nameof(other));
        for (var i = 0; i < _words.Length; i++) _words[i] |= other._words[i];
    }

    /// <summary>The dirty pages, ascending, neighbours joined.</summary>
    public IEnumerable<IovaRange> DirtyRanges()
    {
        ulong next = 0;
        while (FindFrom(next, dirty: true) is var first && first < PageCount)
        {
            next = FindFrom(first, dirty: false);
            yield return new IovaRange(Range.First + (first << _shift), Range.First + ((next << _shift) - 1));
        }
    }

    /// <summary>Range, page size and how many pages are dirty.</summary>
    public override string ToString() => $"{Range}: {DirtyCount} of {PageCount} pages of 0x{PageSize:x} bytes";

    private static ulong Bit(ulong page) => 1UL << (int)(page % BitsPerWord);

    private ulong PageOf(Iova address) => Range.Contains(address)
        ? (address - Range.First) >> _shift
        : throw new ArgumentOutOfRangeException(nameof(address), $"{address} is not in {Range}.");

    /// <summary>The first page of that kind from one on, or the count of pages.</summary>
    private ulong FindFrom(ulong page, bool dirty)
    {
        while (page < PageCount)
        {
            var word = _words[page / BitsPerWord];
            var rest = (dirty ? word : ~word) >> (int)(page % BitsPerWord);
            if (rest != 0) return Math.Min(page + (ulong)BitOperations.TrailingZeroCount(rest), PageCount);
            page = (page | (BitsPerWord - 1)) + 1;
        }

        return PageCount;
    }
}
