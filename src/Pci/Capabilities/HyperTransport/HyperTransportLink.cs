namespace Devices.Pci;

/// <summary>A link of a HyperTransport interface.</summary>
/// <param name="Control">Link Control, 16 bits.</param>
/// <param name="Configuration">Link Configuration, 16 bits.</param>
/// <param name="FrequencyAndError">Link Frequency and Error, 8 bits.</param>
/// <param name="FrequencyCapability">The frequencies that the link can have, a bit each in the order of the frequency field.</param>
public readonly record struct HyperTransportLink(ushort Control, ushort Configuration, byte FrequencyAndError, ushort FrequencyCapability)
{
    private static readonly int[] Megahertz = [200, 300, 400, 500, 600, 800, 1000, 1200, 1400, 1600];

    /// <summary>Whether the link failed.</summary>
    public bool LinkFailure => Bits.Bit(Control, 4);

    /// <summary>Whether both ends are initialised.</summary>
    public bool InitializationComplete => Bits.Bit(Control, 5);

    /// <summary>Whether the chain ends here.</summary>
    public bool EndOfChain => Bits.Bit(Control, 6);

    /// <summary>Whether the transmitter is off.</summary>
    public bool TransmitterOff => Bits.Bit(Control, 7);

    /// <summary>CRC errors, a bit a byte lane.</summary>
    public int CrcErrors => Bits.Field(Control, 8, 4);

    /// <summary>The largest width of receiving in bits: 2 to 32; 0 if not connected, null if reserved.</summary>
    public int? MaxWidthIn => Width(Bits.Field(Configuration, 0, 3));

    /// <summary>The largest width of sending in bits.</summary>
    public int? MaxWidthOut => Width(Bits.Field(Configuration, 4, 3));

    /// <summary>The width of receiving in bits.</summary>
    public int? WidthIn => Width(Bits.Field(Configuration, 8, 3));

    /// <summary>The width of sending in bits.</summary>
    public int? WidthOut => Width(Bits.Field(Configuration, 12, 3));

    /// <summary>The frequency of sending in MHz; null if the vendor defines it or the value is reserved.</summary>
    public int? FrequencyMegahertz => Bits.Field(FrequencyAndError, 0, 4) is var value && value < Megahertz.Length ? Megahertz[value] : null;

    /// <summary>Whether it can have a frequency.</summary>
    /// <param name="megahertz">200 to 1600.</param>
    /// <returns>True if it can.</returns>
    public bool Supports(int megahertz) => Array.IndexOf(Megahertz, megahertz) is >= 0 and var bit && Bits.Bit(FrequencyCapability, bit);

    private static int? Width(int value) => value switch
    {
        0 => 8,
        1 => 16,
        3 => 32,
        4 => 2,
        5 => 4,
        7 => 0,
        _ => null,
    };
}
