namespace Devices.Pci;

/// <summary>
/// Resizable BAR (<c>PCI_EXT_CAP_ID_REBAR</c>). Sizes are changed through sysfs <c>resourceN_resize</c> while no driver is bound; VFIO shows the
/// capability read-only.
/// </summary>
public sealed class ResizableBarCapability : PciCapability
{
    internal ResizableBarCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The BARs: 1 to 6, in the order of the capability.</summary>
    public IReadOnlyList<ResizableBar> Bars => ResizableBar.ReadAll(Raw.Span);
}
