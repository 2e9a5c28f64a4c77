using System.Globalization;
using System.Numerics;

namespace Devices.Iommufd;

/// <summary>An I/O virtual address: what a device behind an IOMMU puts on the bus.</summary>
/// <param name="Value">The address, in bytes.</param>
public readonly record struct Iova(ulong Value)
    : IComparable<Iova>, ISpanFormattable, IComparisonOperators<Iova, Iova, bool>
{
    /// <summary>Compares addresses.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(Iova left, Iova right) => left.Value < right.Value;

    /// <summary>Compares addresses.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(Iova left, Iova right) => left.Value > right.Value;

    /// <summary>Compares addresses.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(Iova left, Iova right) => left.Value <= right.Value;

    /// <summary>Compares addresses.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(Iova left, Iova right) => left.Value >= right.Value;

    /// <summary>The address some bytes further on.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bytes">The distance in bytes.</param>
    /// <exception cref="OverflowException">The sum exceeds 64 bits.</exception>
    public static Iova operator +(Iova address, ulong bytes) => new(checked(address.Value + bytes));

    /// <summary>The address some bytes before.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bytes">The distance in bytes.</param>
    /// <exception cref="OverflowException">The distance exceeds the address.</exception>
    public static Iova operator -(Iova address, ulong bytes) => new(checked(address.Value - bytes));

    /// <summary>The distance in bytes from <paramref name="right"/> up to <paramref name="left"/>.</summary>
    /// <param name="left">The higher address.</param>
    /// <param name="right">The lower address.</param>
    /// <exception cref="OverflowException"><paramref name="left"/> is the lower one.</exception>
    public static ulong operator -(Iova left, Iova right) => checked(left.Value - right.Value);

    /// <summary>As the operator <c>+</c>.</summary>
    /// <param name="bytes">The distance in bytes.</param>
    /// <exception cref="OverflowException">The sum exceeds 64 bits.</exception>
    public Iova Add(ulong bytes) => this + bytes;

    /// <summary>As the operator <c>-</c>.</summary>
    /// <param name="bytes">The distance in bytes.</param>
    /// <exception cref="OverflowException">The distance exceeds the address.</exception>
    public Iova Subtract(ulong bytes) => this - bytes;

    /// <summary>Whether the address is a multiple of an alignment.</summary>
    /// <param name="alignment">In bytes, a power of two.</param>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is no power of two.</exception>
    public bool IsAligned(ulong alignment) => (Value & (Checked(alignment) - 1)) == 0;

    /// <summary>The next multiple of an alignment at or above this address.</summary>
    /// <param name="alignment">In bytes, a power of two.</param>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is no power of two.</exception>
    /// <exception cref="OverflowException">There is none within 64 bits.</exception>
    public Iova AlignUp(ulong alignment) => new(checked(Value + (Checked(alignment) - 1)) & ~(alignment - 1));

    /// <summary>The next multiple of an alignment at or below this address.</summary>
    /// <param name="alignment">In bytes, a power of two.</param>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is no power of two.</exception>
    public Iova AlignDown(ulong alignment) => new(Value & ~(Checked(alignment) - 1));

    /// <inheritdoc/>
    public int CompareTo(Iova other) => Value.CompareTo(other.Value);

    /// <summary>Hexadecimal with <c>0x</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        => destination.TryWrite(CultureInfo.InvariantCulture, $"0x{Value:x}", out charsWritten);

    private static ulong Checked(ulong alignment)
        => BitOperations.IsPow2(alignment)
            ? alignment
            : throw new ArgumentOutOfRangeException(nameof(alignment), $"0x{alignment:x} is not a power of two.");
}
