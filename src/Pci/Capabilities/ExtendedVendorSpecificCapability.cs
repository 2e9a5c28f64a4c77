namespace Devices.Pci;

/// <summary>An extended capability whose contents the vendor defines, VSEC (<c>PCI_EXT_CAP_ID_VNDR</c>). Restored through VFIO's config space.</summary>
public sealed class ExtendedVendorSpecificCapability : PciCapability
{
    /// <summary>Offset of the vendor-specific header: id, revision, length.</summary>
    public const int HeaderRegister = PciRegs.PCI_VNDR_HEADER;

    internal const int HeaderSize = 8;

    internal ExtendedVendorSpecificCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The id, in the numbering of the vendor whose vendor id the function has.</summary>
    public ushort VsecId => (ushort)Bits.Field(Header, 0, 16);

    /// <summary>The revision of that id.</summary>
    public int VsecRevision => Bits.Field(Header, 16, 4);

    /// <summary>What the vendor defines: all bytes after the two headers.</summary>
    public ReadOnlyMemory<byte> Payload => Raw[HeaderSize..];

    private uint Header => UInt32At(HeaderRegister);
}
