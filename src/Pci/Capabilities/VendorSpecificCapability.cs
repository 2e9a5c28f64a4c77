namespace Devices.Pci;

/// <summary>A standard capability whose contents the vendor defines (<c>PCI_CAP_ID_VNDR</c>). Restored through VFIO's config space.</summary>
public sealed class VendorSpecificCapability : PciCapability
{
    /// <summary>Offset of the length, 8 bits.</summary>
    public const int LengthRegister = 2;

    internal const int HeaderSize = 3;

    internal VendorSpecificCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>What the vendor defines: all bytes after id, pointer and length.</summary>
    public ReadOnlyMemory<byte> Payload => Raw[HeaderSize..];
}
