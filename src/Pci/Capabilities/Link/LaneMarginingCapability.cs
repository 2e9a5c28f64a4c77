namespace Devices.Pci;

/// <summary>Lane Margining at the Receiver (id 0x27): how much margin each lane has.</summary>
public sealed class LaneMarginingCapability : PciCapability
{
    /// <summary>Offset of Margining Port Capabilities, 16 bits.</summary>
    public const int PortCapabilitiesRegister = 0x04;

    /// <summary>Offset of Margining Port Status, 16 bits.</summary>
    public const int PortStatusRegister = 0x06;

    /// <summary>Offset of the lanes' control and status, 16 bits each, a pair a lane.</summary>
    public const int LaneControlRegister = 0x08;

    internal const ushort CapabilityId = 0x27;

    internal LaneMarginingCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether margining needs the device's own driver.</summary>
    public bool UsesDriver => Bits.Bit(UInt16At(PortCapabilitiesRegister), 0);

    /// <summary>Whether the port is ready for margining.</summary>
    public bool Ready => Bits.Bit(UInt16At(PortStatusRegister), 0);

    /// <summary>Whether that driver says that it is ready.</summary>
    public bool SoftwareReady => Bits.Bit(UInt16At(PortStatusRegister), 1);
}
