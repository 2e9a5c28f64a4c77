using Devices.Pci;

namespace Devices.Broker;

/// <summary>A device of a session.</summary>
/// <param name="Address">Its PCI address.</param>
/// <param name="Ids">Vendor and device: another one in its place is not the owner's.</param>
internal sealed record SessionDevice(string Address, string Ids)
{
    internal PciAddress At => PciAddress.Parse(Address);

    /// <summary>The device now; null if it is not there, or another is in its place.</summary>
    internal PciFunction? Find() => PciFunction.TryOpen(At, out var function) && function.Ids.ToString() == Ids ? function : null;
}
