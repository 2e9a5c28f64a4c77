namespace Devices.Pci;

/// <summary>The control register of an IDE stream, of a link or selective (<c>PCI_IDE_LINK_CTL_*</c>, <c>PCI_IDE_SEL_CTL_*</c>).</summary>
/// <param name="Value">The register.</param>
public readonly record struct IdeStreamControl(uint Value)
{
    /// <summary>Whether the stream is enabled.</summary>
    public bool Enabled => Bits.Bit(Value, 0);

    /// <summary>Whether the XT mode is enabled.</summary>
    public bool XtEnabled => Bits.Bit(Value, 1);

    /// <summary>How many non-posted requests share a MAC: 1, 2, 4 or 8.</summary>
    public int NonPostedAggregation => 1 << Bits.Field(Value, 2, 2);

    /// <summary>How many posted requests share a MAC: 1, 2, 4 or 8.</summary>
    public int PostedAggregation => 1 << Bits.Field(Value, 4, 2);

    /// <summary>How many completions share a MAC: 1, 2, 4 or 8.</summary>
    public int CompletionAggregation => 1 << Bits.Field(Value, 6, 2);

    /// <summary>Whether the plain text has a check sum.</summary>
    public bool PcrcEnabled => Bits.Bit(Value, 8);

    /// <summary>Whether a selective stream carries configuration requests.</summary>
    public bool ConfigurationRequests => Bits.Bit(Value, 9);

    /// <summary>How much of the address is encrypted: 0 nothing, 1 bits 17:2, 2 bits 25:2, 3 bits 33:2, 4 bits 41:2.</summary>
    public int PartialHeaderEncryption => Bits.Field(Value, 10, 4);

    /// <summary>The algorithm: 0 AES-GCM with keys of 256 bits and MACs of 96.</summary>
    public int Algorithm => Bits.Field(Value, 14, 5);

    /// <summary>The traffic class.</summary>
    public int TrafficClass => Bits.Field(Value, 19, 3);

    /// <summary>Whether a selective stream takes what no other one takes.</summary>
    public bool IsDefault => Bits.Bit(Value, 22);

    /// <summary>Whether a selective stream is of trusted traffic alone.</summary>
    public bool TeeLimited => Bits.Bit(Value, 23);

    /// <summary>The stream's id, the same at both ends.</summary>
    public int StreamId => Bits.Field(Value, 24, 8);
}
