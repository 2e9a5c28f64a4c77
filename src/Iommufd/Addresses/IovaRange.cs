namespace Devices.Iommufd;

/// <summary>An interval of I/O virtual addresses, both ends included, as <c>struct iommu_iova_range</c> has it; never empty.</summary>
public readonly record struct IovaRange
{
    /// <summary>The interval between two addresses.</summary>
    /// <param name="first">The first address.</param>
    /// <param name="last">The last address that belongs to it.</param>
    /// <exception cref="ArgumentException"><paramref name="last"/> lies below <paramref name="first"/>.</exception>
    public IovaRange(Iova first, Iova last)
    {
        if (last < first) throw new ArgumentException($"A range cannot end at {last}, before its start {first}.", nameof(last));
        First = first;
        Last = last;
    }

    /// <summary>The first address.</summary>
    public Iova First { get; }

    /// <summary>The last address that belongs to it.</summary>
    public Iova Last { get; }

    /// <summary>Its length in bytes. The range of all addresses has 2^64, which is why this is wider than an address.</summary>
    public UInt128 Length => (UInt128)Last.Value - First.Value + 1;

    /// <summary>The interval of a length.</summary>
    /// <param name="first">The first address.</param>
    /// <param name="length">Its length in bytes, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is 0.</exception>
    /// <exception cref="OverflowException">The range ends beyond 64 bits.</exception>
    public static IovaRange OfLength(Iova first, ulong length)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        return new IovaRange(first, first + (length - 1));
    }

    /// <summary>Whether an address lies in it.</summary>
    /// <param name="address">The address.</param>
    public bool Contains(Iova address) => First <= address && address <= Last;

    /// <summary>Whether all of another range lies in it.</summary>
    /// <param name="other">The other range.</param>
    public bool Contains(IovaRange other) => First <= other.First && other.Last <= Last;

    /// <summary>Whether the two have an address in common.</summary>
    /// <param name="other">The other range.</param>
    public bool Overlaps(IovaRange other) => First <= other.Last && other.First <= Last;

    /// <summary>First and last address, hexadecimal.</summary>
    public override string ToString() => $"{First}-{Last}";
}
