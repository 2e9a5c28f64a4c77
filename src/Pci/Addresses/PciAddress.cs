using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Devices.Pci;

/// <summary>
/// Where a PCI function sits: domain, bus, device, function. The same text as in sysfs and lspci: <c>0000:01:00.0</c>,
/// hexadecimal, the domain with at least four digits.
/// </summary>
/// <remarks>
/// A domain has up to 32 bits: Intel's VMD numbers its domains from <c>0x10000</c>. Device has 5 bits and function 3; a function with an
/// ARI number of 8 bits is written by Linux in the same split form, see <see cref="AriFunction"/>.
/// </remarks>
public readonly record struct PciAddress :
    IComparable<PciAddress>,
    IComparable,
    ISpanParsable<PciAddress>,
    IUtf8SpanParsable<PciAddress>,
    ISpanFormattable,
    IUtf8SpanFormattable,
    IComparisonOperators<PciAddress, PciAddress, bool>
{
    /// <summary>The longest text that formatting gives: eight digits of domain and <c>:01:00.0</c>.</summary>
    public const int MaxFormattedLength = 16;

    /// <summary>The highest device number on a bus.</summary>
    public const byte MaxDevice = 31;

    /// <summary>The highest function number of a device (without ARI).</summary>
    public const byte MaxFunction = 7;

    private const int MinDomainDigits = 4;
    private const int MaxDomainDigits = 8;

    // ":BB:DD.F"
    private const int TailLength = 8;

    /// <summary>Creates an address of its parts.</summary>
    /// <param name="domain">The domain (PCI segment), up to 32 bits.</param>
    /// <param name="bus">The bus, 0 to 255.</param>
    /// <param name="device">The device, 0 to 31.</param>
    /// <param name="function">The function, 0 to 7.</param>
    /// <exception cref="ArgumentOutOfRangeException">The device or the function is too large.</exception>
    public PciAddress(uint domain, byte bus, byte device, byte function)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(device, MaxDevice);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(function, MaxFunction);
        Domain = domain;
        Bus = bus;
        Device = device;
        Function = function;
    }

    /// <summary>The domain, which ACPI and the PCIe specification call segment.</summary>
    public uint Domain { get; }

    /// <summary>The bus number, 0 to 255.</summary>
    public byte Bus { get; }

    /// <summary>The device number, 0 to 31.</summary>
    public byte Device { get; }

    /// <summary>The function number, 0 to 7.</summary>
    public byte Function { get; }

    /// <summary>
    /// The 16-bit routing id (requester id) on the link: bus in bits 15:8, device in 7:3, function in 2:0; with ARI, function in 7:0.
    /// </summary>
    public ushort RoutingId => (ushort)((Bus << 8) | AriFunction);

    /// <summary>
    /// Device and function as one number of 8 bits: <c>devfn</c> in the kernel, and the function number of a device that uses ARI
    /// (PCIe Base, "Alternative Routing-ID Interpretation").
    /// </summary>
    public byte AriFunction => (byte)((Device << 3) | Function);

    /// <summary>The address with a given routing id.</summary>
    /// <param name="domain">The domain, which a routing id does not name.</param>
    /// <param name="routingId">Bus, device and function, or bus and ARI function.</param>
    /// <returns>The address.</returns>
    public static PciAddress FromRoutingId(uint domain, ushort routingId) =>
        new(domain, (byte)(routingId >> 8), (byte)((routingId >> 3) & MaxDevice), (byte)(routingId & MaxFunction));

    /// <summary>The address of a function of the same domain, bus and device.</summary>
    /// <param name="function">The function, 0 to 7.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The function is too large.</exception>
    public PciAddress WithFunction(byte function) => new(Domain, Bus, Device, function);

    /// <summary>Reads an address: <c>0000:01:00.0</c>, or <c>01:00.0</c> for domain 0.</summary>
    /// <param name="s">The text; hexadecimal digits in either case, no white space.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException">The text is no PCI address.</exception>
    public static PciAddress Parse(ReadOnlySpan<char> s) =>
        TryParseDigits(s, out var result) ? result : throw NotAnAddress(s.ToString());

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static PciAddress Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan());
    }

    /// <inheritdoc/>
    public static PciAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static PciAddress Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static PciAddress Parse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider) =>
        TryParseDigits(utf8Text, out var result) ? result : throw NotAnAddress(System.Text.Encoding.UTF8.GetString(utf8Text));

    /// <summary>Reads an address, without an exception when the text is none.</summary>
    /// <param name="s">The text, as for <see cref="Parse(ReadOnlySpan{char})"/>.</param>
    /// <param name="result">The address, or the default.</param>
    /// <returns>Whether the text was an address.</returns>
    public static bool TryParse(ReadOnlySpan<char> s, out PciAddress result) => TryParseDigits(s, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PciAddress)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, out PciAddress result) => TryParseDigits(s.AsSpan(), out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PciAddress result) => TryParseDigits(s, out result);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PciAddress result) =>
        TryParseDigits(s.AsSpan(), out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider, out PciAddress result) =>
        TryParseDigits(utf8Text, out result);

    /// <summary>Orders by domain, bus, device, function.</summary>
    /// <param name="other">The other address.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(PciAddress other) => Key.CompareTo(other.Key);

    /// <inheritdoc/>
    int IComparable.CompareTo(object? obj) => obj switch
    {
        null => 1,
        PciAddress other => CompareTo(other),
        _ => throw new ArgumentException($"A PCI address cannot be compared with a {obj.GetType().Name}", nameof(obj)),
    };

    /// <summary>Whether the first address comes before the second.</summary>
    public static bool operator <(PciAddress left, PciAddress right) => left.Key < right.Key;

    /// <summary>Whether the first address comes after the second.</summary>
    public static bool operator >(PciAddress left, PciAddress right) => left.Key > right.Key;

    /// <summary>Whether the first address comes before the second or is the same.</summary>
    public static bool operator <=(PciAddress left, PciAddress right) => left.Key <= right.Key;

    /// <summary>Whether the first address comes after the second or is the same.</summary>
    public static bool operator >=(PciAddress left, PciAddress right) => left.Key >= right.Key;

    /// <summary>The address as sysfs writes it: <c>0000:01:00.0</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(FormattedLength, this, static (span, address) => address.TryWrite(span, out _));

    /// <inheritdoc/>
    /// <exception cref="FormatException">The format is neither null, empty nor <c>G</c>.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        CheckFormat(format);
        return ToString();
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">The format is neither empty nor <c>G</c>.</exception>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        CheckFormat(format);
        return TryWrite(destination, out charsWritten);
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">The format is neither empty nor <c>G</c>.</exception>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        CheckFormat(format);
        return TryWrite(utf8Destination, out bytesWritten);
    }

    private ulong Key => ((ulong)Domain << 16) | RoutingId;

    private int DomainDigits => Math.Max(MinDomainDigits, (35 - BitOperations.LeadingZeroCount(Domain)) / 4);

    private int FormattedLength => DomainDigits + TailLength;

    private static void CheckFormat(ReadOnlySpan<char> format)
    {
        if (!format.IsEmpty && format is not ("G" or "g"))
            throw new FormatException($"A PCI address has no format '{format}': use none, or G");
    }

    private static FormatException NotAnAddress(string text) =>
        new($"'{text}' is no PCI address: expected domain:bus:device.function as in 0000:01:00.0, or bus:device.function");

    private bool TryWrite<TChar>(Span<TChar> destination, out int written)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        written = 0;
        var digits = DomainDigits;
        if (destination.Length < digits + TailLength)
            return false;
        for (var i = 0; i < digits; i++)
            destination[i] = Digit<TChar>((int)(Domain >> (4 * (digits - 1 - i))) & 0xF);
        var tail = destination[digits..];
        tail[0] = TChar.CreateTruncating(':');
        tail[1] = Digit<TChar>(Bus >> 4);
        tail[2] = Digit<TChar>(Bus & 0xF);
        tail[3] = TChar.CreateTruncating(':');
        tail[4] = Digit<TChar>(Device >> 4);
        tail[5] = Digit<TChar>(Device & 0xF);
        tail[6] = TChar.CreateTruncating('.');
        tail[7] = Digit<TChar>(Function);
        written = digits + TailLength;
        return true;
    }

    private static TChar Digit<TChar>(int value)
        where TChar : unmanaged, IBinaryInteger<TChar> =>
        TChar.CreateTruncating(value < 10 ? '0' + value : 'a' + value - 10);

    // From the right: function, device and bus are always there, the domain may be missing.
    private static bool TryParseDigits<TChar>(ReadOnlySpan<TChar> text, out PciAddress result)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        result = default;
        var colon = TChar.CreateTruncating(':');
        var dot = text.LastIndexOf(TChar.CreateTruncating('.'));
        if (dot < 0 || !TryHex(text[(dot + 1)..], 1, out var function) || function > MaxFunction)
            return false;
        text = text[..dot];
        var beforeDevice = text.LastIndexOf(colon);
        if (beforeDevice < 0 || !TryHex(text[(beforeDevice + 1)..], 2, out var device) || device > MaxDevice)
            return false;
        text = text[..beforeDevice];
        var beforeBus = text.LastIndexOf(colon);
        if (!TryHex(text[(beforeBus + 1)..], 2, out var bus))
            return false;
        uint domain = 0;
        if (beforeBus >= 0 && !TryHex(text[..beforeBus], MaxDomainDigits, out domain))
            return false;
        result = new PciAddress(domain, (byte)bus, (byte)device, (byte)function);
        return true;
    }

    private static bool TryHex<TChar>(ReadOnlySpan<TChar> text, int maxDigits, out uint value)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        value = 0;
        if (text.IsEmpty || text.Length > maxDigits)
            return false;
        foreach (var character in text)
        {
            var code = uint.CreateTruncating(character);
            uint digit;
            if (code - '0' <= 9)
                digit = code - '0';
            else if ((code | 0x20) - 'a' <= 5 && code < 0x80)
                digit = (code | 0x20) - 'a' + 10;
            else
                return false;
            value = (value << 4) | digit;
        }

        return true;
    }
}
