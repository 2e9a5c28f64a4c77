using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

/// <summary>VFs made of a PF's dump, with the header that PCIe 9.3.4 gives VFs: ids of ones, BARs and interrupt pin zero.</summary>
internal static class VfDump
{
    public static DumpFunction Create(int index, ConfigSpaceView view = ConfigSpaceView.Raw)
    {
        var vf = new DumpFunction(ConfigSpaceDump.Load(ConfigDumps.Own.Single(static file => file.EndsWith("qemu-nvme-sriov", StringComparison.Ordinal)))[0], view, $"0000:02:{index / 8:x2}.{index % 8}");
        vf.Bytes[..4].Fill(0xFF);
        vf.Bytes[PciRegs.PCI_BASE_ADDRESS_0..PciRegs.PCI_CARDBUS_CIS].Clear();
        vf.Bytes[PciRegs.PCI_INTERRUPT_LINE..PciRegs.PCI_STD_HEADER_SIZEOF].Clear();
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(vf.Bytes, "vf"));

        // Each VF has its own number of interrupts; SR-IOV, the last of the list, is the PF's alone.
        vf.Bytes[capabilities.Find<MsixCapability>()!.Offset + PciRegs.PCI_MSIX_FLAGS] = (byte)(index % 31);
        var sriov = capabilities.Find<SriovCapability>()!;
        vf.Bytes.Slice(sriov.Offset, sriov.Raw.Length).Clear();
        return vf;
    }
}
