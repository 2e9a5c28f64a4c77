using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Samples;

/// <summary>Enables two VFs of a PF and opens the first.</summary>
internal static class OpenVf
{
    internal static void Run(string address)
    {
        var physical = PciFunction.Open(PciAddress.Parse(address));
        if (physical.Sriov is not { } sriov) throw new InvalidOperationException($"{physical.Address} has no SR-IOV, or its driver does not support it.");

        sriov.Enable(2, new SriovOptions { Driver = "vfio-pci" });
        try
        {
            var function = sriov.OpenVfs()[0];
            using var context = IommuContext.Open();
            using var cdev = VfioCdev.Open(function);
            using var device = cdev.Bind(context);

            // In its own configuration space a VF has the ids 0xffff: the real ones come from the PF, and VFIO fills them in.
            using var raw = function.OpenConfigSpace();
            Console.WriteLine($"{function.Address} is VF 0 of {physical.Address}: vendor 0x{device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID):x4}, raw 0x{raw.ReadUInt16(PciRegs.PCI_VENDOR_ID):x4}.");
        }
        finally
        {
            sriov.Disable();
        }
    }
}
