namespace Devices.Pci;

/// <summary>VF Resizable BAR (<c>PCI_EXT_CAP_ID_VF_REBAR</c>), in a PF: the size of each VF's share. Changed while VF Enable is clear.</summary>
public sealed class VfResizableBarCapability : PciCapability
{
    internal VfResizableBarCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The VF BARs: 1 to 6, in the order of the capability.</summary>
    public IReadOnlyList<ResizableBar> Bars => ResizableBar.ReadAll(Raw.Span);
}
