using System.Numerics;
using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>
/// Hands out I/O virtual addresses from given ranges: first fit from below, so that the same sequence of calls gives the same
/// addresses. It keeps the books only; mapping is <see cref="IDmaMapper"/>'s. For one owner.
/// </summary>
/// <remarks>IOVA 0 is never allocated, as the kernel never does: drivers and devices take it for "none". It can be reserved.</remarks>
public sealed class IovaAllocator
{
    // Sorted, disjoint and never adjacent; the gaps between allowed ranges are kept apart by being in neither list.
    private readonly List<IovaRange> _free = [];
    private readonly SortedDictionary<Iova, IovaRange> _taken = [];

    /// <summary>Creates an allocator over the allowed ranges of an IOAS.</summary>
    /// <param name="allowed">The ranges; they may touch but not overlap. Their edges are trimmed to the granule.</param>
    /// <param name="granule">Every address and length is a multiple of this, in bytes: a power of two; null for the page size.</param>
    /// <exception cref="ArgumentException">Two ranges overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The granule is no power of two.</exception>
    public IovaAllocator(IEnumerable<IovaRange> allowed, ulong? granule = null)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        Granule = granule ?? (ulong)PageSize.Bytes;
        if (!BitOperations.IsPow2(Granule)) throw new ArgumentOutOfRangeException(nameof(granule), $"0x{Granule:x} is not a power of two.");
        foreach (var range in allowed.OrderBy(range => range.First))
        {
            if (Trim(range) is not { } trimmed) continue;
            if (_free.Count > 0 && _free[^1].Last >= trimmed.First)
                throw new ArgumentException($"The allowed ranges {_free[^1]} and {range} overlap.", nameof(allowed));
            InsertFree(_free.Count, trimmed);
        }
    }

    /// <summary>Creates an allocator over the ranges that a mapper allows now, with the granule that it demands.</summary>
    /// <param name="mapper">The mapper. Attach all devices first: each may narrow the ranges.</param>
    public IovaAllocator(IDmaMapper mapper)
        : this((mapper ?? throw new ArgumentNullException(nameof(mapper))).AllowedRanges, mapper.Alignment)
    {
    }

    /// <summary>Every address and length is a multiple of this, in bytes.</summary>
    public ulong Granule { get; }

    /// <summary>The free ranges, ascending.</summary>
    public IReadOnlyList<IovaRange> Free => _free;

    /// <summary>The allocated and reserved ranges, ascending.</summary>
    public IReadOnlyCollection<IovaRange> Taken => _taken.Values;

    /// <summary>Takes the lowest free range of a length.</summary>
    /// <param name="length">In bytes, a multiple of <see cref="Granule"/>, more than 0.</param>
    /// <param name="alignment">The address is a multiple of this, in bytes: a power of two; the granule if that is larger.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length or the alignment is not allowed.</exception>
    /// <exception cref="InvalidOperationException">No free range is long enough.</exception>
    public IovaRange Allocate(ulong length, ulong alignment = 1)
        => TryAllocate(length, out var range, alignment)
            ? range
            : throw new InvalidOperationException($"No free IOVA range has 0x{length:x} bytes at an alignment of 0x{alignment:x}; the longest has 0x{Longest():x}.");

    /// <summary>Takes the lowest free range of a length, where there may be none.</summary>
    /// <param name="length">In bytes, a multiple of <see cref="Granule"/>, more than 0.</param>
    /// <param name="range">The range.</param>
    /// <param name="alignment">The address is a multiple of this, in bytes: a power of two; the granule if that is larger.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length or the alignment is not allowed.</exception>
    public bool TryAllocate(ulong length, out IovaRange range, ulong alignment = 1)
    {
        if (length == 0 || length % Granule != 0)
            throw new ArgumentOutOfRangeException(nameof(length), $"0x{length:x} bytes are not a positive multiple of the granule 0x{Granule:x}.");
        if (!BitOperations.IsPow2(alignment))
            throw new ArgumentOutOfRangeException(nameof(alignment), $"0x{alignment:x} is not a power of two.");
        alignment = Math.Max(alignment, Granule);
        for (var i = 0; i < _free.Count; i++)
        {
            if (Fit(_free[i], length, alignment) is not { } found) continue;
            Take(i, found);
            range = found;
            return true;
        }

        range = default;
        return false;
    }

    /// <summary>Takes a given range: memory that is mapped already, or that must lie at a known address.</summary>
    /// <param name="range">The range; start and length are multiples of <see cref="Granule"/>.</param>
    /// <exception cref="ArgumentException">The range is not aligned.</exception>
    /// <exception cref="InvalidOperationException">It is not allowed, or partly taken.</exception>
    public void Reserve(IovaRange range)
    {
        if (!range.First.IsAligned(Granule) || (range.Last.Value & (Granule - 1)) != Granule - 1)
            throw new ArgumentException($"The range {range} is not aligned to the granule 0x{Granule:x}.", nameof(range));
        var index = _free.FindIndex(free => free.Contains(range));
        if (index < 0) throw new InvalidOperationException($"The IOVA range {range} is not free: {Obstacle(range)}");
        Take(index, range);
    }

    /// <summary>Gives back a range that was allocated or reserved.</summary>
    /// <param name="range">Exactly a range that was taken.</param>
    /// <exception cref="InvalidOperationException">No such range was taken.</exception>
    public void Release(IovaRange range)
    {
        if (!_taken.TryGetValue(range.First, out var taken) || taken != range)
            throw new InvalidOperationException($"The IOVA range {range} was not allocated or reserved as such.");
        _taken.Remove(range.First);
        var index = _free.FindIndex(free => free.First > range.First);
        InsertFree(index < 0 ? _free.Count : index, range);
    }

    private static IovaRange? Fit(IovaRange free, ulong length, ulong alignment)
    {
        var lowest = free.First.Value == 0 ? 1UL : free.First.Value;
        if (lowest > ulong.MaxValue - (alignment - 1)) return null;
        var start = new Iova(lowest).AlignUp(alignment);
        return start <= free.Last && free.Last - start >= length - 1 ? IovaRange.OfLength(start, length) : null;
    }

    private IovaRange? Trim(IovaRange range)
    {
        if (range.First.Value > ulong.MaxValue - (Granule - 1)) return null;
        var first = range.First.AlignUp(Granule);
        // The last byte of a whole granule has all low bits set; of a partial one, step back to the granule before.
        var last = (range.Last.Value & (Granule - 1)) == Granule - 1 ? range.Last : range.Last.AlignDown(Granule);
        if (last != range.Last || (last.Value & (Granule - 1)) != Granule - 1)
        {
            if (last.Value == 0) return null;
            last -= 1;
        }

        return first <= last ? new IovaRange(first, last) : null;
    }

    private void Take(int index, IovaRange range)
    {
        var free = _free[index];
        _free.RemoveAt(index);
        if (free.Last > range.Last) _free.Insert(index, new IovaRange(range.Last + 1, free.Last));
        if (free.First < range.First) _free.Insert(index, new IovaRange(free.First, range.First - 1));
        _taken.Add(range.First, range);
    }

    private void InsertFree(int index, IovaRange range)
    {
        if (index < _free.Count && range.Last.Value != ulong.MaxValue && range.Last + 1 == _free[index].First)
        {
            range = new IovaRange(range.First, _free[index].Last);
            _free.RemoveAt(index);
        }

        if (index > 0 && _free[index - 1].Last + 1 == range.First)
        {
            range = new IovaRange(_free[index - 1].First, range.Last);
            _free.RemoveAt(--index);
        }

        _free.Insert(index, range);
    }

    private string Obstacle(IovaRange range)
    {
        foreach (var taken in _taken.Values)
            if (taken.Overlaps(range)) return $"{taken} is taken.";
        return "not all of it lies in one allowed range.";
    }

    private UInt128 Longest() => _free.Count == 0 ? UInt128.Zero : _free.Max(free => free.Length);
}
