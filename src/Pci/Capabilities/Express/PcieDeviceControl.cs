namespace Devices.Pci;

/// <summary>Device Control (<c>PCI_EXP_DEVCTL</c>, 16 bits). The kernel owns the payload size; the rest is restored through VFIO.</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieDeviceControl(ushort Value)
{
    /// <summary>Whether correctable errors are reported.</summary>
    public bool CorrectableErrorReporting => Bits.Bit(Value, 0);

    /// <summary>Whether non-fatal errors are reported.</summary>
    public bool NonFatalErrorReporting => Bits.Bit(Value, 1);

    /// <summary>Whether fatal errors are reported.</summary>
    public bool FatalErrorReporting => Bits.Bit(Value, 2);

    /// <summary>Whether unsupported requests are reported.</summary>
    public bool UnsupportedRequestReporting => Bits.Bit(Value, 3);

    /// <summary>Whether it may use relaxed ordering.</summary>
    public bool RelaxedOrdering => Bits.Bit(Value, 4);

    /// <summary>The largest payload it may send, in bytes (MPS).</summary>
    public int MaxPayloadSize => 128 << Bits.Field(Value, 5, 3);

    /// <summary>Whether it may use tags of 8 bits.</summary>
    public bool ExtendedTag => Bits.Bit(Value, 8);

    /// <summary>Whether it may use phantom functions.</summary>
    public bool PhantomFunctions => Bits.Bit(Value, 9);

    /// <summary>Whether it may draw auxiliary power.</summary>
    public bool AuxPower => Bits.Bit(Value, 10);

    /// <summary>Whether it may use No Snoop.</summary>
    public bool NoSnoop => Bits.Bit(Value, 11);

    /// <summary>The largest read it may ask for, in bytes (MRRS).</summary>
    public int MaxReadRequestSize => 128 << Bits.Field(Value, 12, 3);

    /// <summary>Of a bridge to PCI: whether it answers configuration requests with a retry. In endpoints writing it starts a function level reset.</summary>
    public bool BridgeConfigurationRetry => Bits.Bit(Value, 15);
}
