namespace Devices.Pci;

/// <summary>Device Capabilities 2 (<c>PCI_EXP_DEVCAP2</c>, 32 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieDeviceCapabilities2(uint Value)
{
    /// <summary>The ranges of completion timeouts: bit 0 A (50 us to 10 ms), 1 B (10 to 250 ms), 2 C (250 ms to 4 s), 3 D (4 to 64 s).</summary>
    public int CompletionTimeoutRanges => Bits.Field(Value, 0, 4);

    /// <summary>Whether the completion timeout can be disabled.</summary>
    public bool CompletionTimeoutDisableSupported => Bits.Bit(Value, 4);

    /// <summary>Whether a port forwards to functions with 8-bit numbers (ARI).</summary>
    public bool AriForwardingSupported => Bits.Bit(Value, 5);

    /// <summary>Whether it routes AtomicOps.</summary>
    public bool AtomicOpRoutingSupported => Bits.Bit(Value, 6);

    /// <summary>Whether it completes AtomicOps of 32 bits.</summary>
    public bool AtomicOp32CompleterSupported => Bits.Bit(Value, 7);

    /// <summary>Whether it completes AtomicOps of 64 bits.</summary>
    public bool AtomicOp64CompleterSupported => Bits.Bit(Value, 8);

    /// <summary>Whether it completes compare-and-swap of 128 bits.</summary>
    public bool Cas128CompleterSupported => Bits.Bit(Value, 9);

    /// <summary>Whether it reports latency tolerance (LTR).</summary>
    public bool LtrSupported => Bits.Bit(Value, 11);

    /// <summary>Whether it completes requests with tags of 10 bits.</summary>
    public bool Tag10BitCompleterSupported => Bits.Bit(Value, 16);

    /// <summary>Whether it can make requests with tags of 10 bits.</summary>
    public bool Tag10BitRequesterSupported => Bits.Bit(Value, 17);

    /// <summary>How OBFF reaches it: bit 0 by message, bit 1 by WAKE#.</summary>
    public int Obff => Bits.Field(Value, 18, 2);

    /// <summary>Whether it takes TLP prefixes end to end.</summary>
    public bool EndToEndTlpPrefixSupported => Bits.Bit(Value, 21);
}
