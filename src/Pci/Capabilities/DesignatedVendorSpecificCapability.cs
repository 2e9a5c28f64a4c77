namespace Devices.Pci;

/// <summary>
/// An extended capability that another vendor than the function's defines: DVSEC (<c>PCI_EXT_CAP_ID_DVSEC</c>). Those of Compute Express Link are
/// views of their own that derive from it.
/// </summary>
public class DesignatedVendorSpecificCapability : PciCapability
{
    /// <summary>Offset of header 1: vendor, revision, length.</summary>
    public const int Header1Register = PciRegs.PCI_DVSEC_HEADER1;

    /// <summary>Offset of header 2: id, 16 bits.</summary>
    public const int Header2Register = PciRegs.PCI_DVSEC_HEADER2;

    internal const int HeaderSize = 10;

    internal DesignatedVendorSpecificCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The vendor that defined it.</summary>
    public ushort DvsecVendorId => (ushort)Bits.Field(UInt32At(Header1Register), 0, 16);

    /// <summary>The revision.</summary>
    public int DvsecRevision => Bits.Field(UInt32At(Header1Register), 16, 4);

    /// <summary>The id, in that vendor's numbering.</summary>
    public ushort DvsecId => UInt16At(Header2Register);

    /// <summary>What the vendor defines: all bytes after the headers.</summary>
    public ReadOnlyMemory<byte> Payload => Raw[HeaderSize..];
}
