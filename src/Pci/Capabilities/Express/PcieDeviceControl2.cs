namespace Devices.Pci;

/// <summary>Device Control 2 (<c>PCI_EXP_DEVCTL2</c>, 16 bits). Restored through VFIO, except for ARI forwarding.</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieDeviceControl2(ushort Value)
{
    /// <summary>The completion timeout, as the register has it: 0 for the default of 50 us to 50 ms.</summary>
    public int CompletionTimeout => Bits.Field(Value, 0, 4);

    /// <summary>Whether the completion timeout is disabled.</summary>
    public bool CompletionTimeoutDisabled => Bits.Bit(Value, 4);

    /// <summary>Whether a port forwards to functions with 8-bit numbers (ARI).</summary>
    public bool AriForwarding => Bits.Bit(Value, 5);

    /// <summary>Whether it may make AtomicOps.</summary>
    public bool AtomicOpRequester => Bits.Bit(Value, 6);

    /// <summary>Whether a port blocks AtomicOps.</summary>
    public bool AtomicOpEgressBlocking => Bits.Bit(Value, 7);

    /// <summary>Whether requests may use id-based ordering.</summary>
    public bool IdoRequest => Bits.Bit(Value, 8);

    /// <summary>Whether completions may use id-based ordering.</summary>
    public bool IdoCompletion => Bits.Bit(Value, 9);

    /// <summary>Whether it reports latency tolerance (LTR).</summary>
    public bool Ltr => Bits.Bit(Value, 10);

    /// <summary>Whether it may use tags of 10 bits.</summary>
    public bool Tag10BitRequester => Bits.Bit(Value, 12);

    /// <summary>How OBFF is signalled: 0 off, 1 and 2 by message, 3 by WAKE#.</summary>
    public int Obff => Bits.Field(Value, 13, 2);

    /// <summary>Whether TLP prefixes are blocked.</summary>
    public bool EndToEndTlpPrefixBlocking => Bits.Bit(Value, 15);
}
