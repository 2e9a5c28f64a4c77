using Devices.Bench.Measuring;
using Devices.Pci;

namespace Devices.Bench.Figures;

/// <summary>The same of a VF of the guest.</summary>
public class CachedReadsOfVf : CachedReads
{
    private protected override PciFunction Function => GuestVfs.All[0];
}
