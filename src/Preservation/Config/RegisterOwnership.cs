using Devices.Pci;
using static Devices.Pci.PciRegs;

namespace Devices.Preservation;

/// <summary>
/// Who owns which bits of a function's configuration space across a kexec: the one table by which registers are restored and by which
/// the spaces of before and after are compared. What it does not name is constant.
/// </summary>
/// <remarks>
/// From what the kernel does to a device when it shuts down and when the next one enumerates it (drivers/pci/pci-driver.c, probe.c,
/// msi/), and from what VFIO lets through (drivers/vfio/pci/vfio_pci_config.c, <c>cap_perms</c> and <c>ecap_perms</c>).
/// </remarks>
internal sealed class RegisterOwnership
{
    private const uint DevCtlPayload = 0x00e0; // Max_Payload_Size must match the bridge's: the kernel's business
    private const uint DevCtlInitiateReset = 0x8000; // reads as 0; writing it is a function level reset
    private const uint DevCtl2Ari = 0x0020; // ARI forwarding
    private const uint PmStateMask = 0x0003;
    private const uint PmeStatus = 0x8000;
    private const uint AerControlWritable = 0x0140; // ECRC generation and check enable
    private const int DvsecHeader = 0x0a;
    private const int VsecHeader = 0x08;

    private readonly List<OwnedBits> _bits = [];

    private RegisterOwnership(PciCapabilityList capabilities)
    {
        Add("Command", PCI_COMMAND, 2, 0xffff, RegisterOwner.Toolkit);
        Add("Status", PCI_STATUS, 2, 0xffff, RegisterOwner.Device);
        Add("Cache Line Size", PCI_CACHE_LINE_SIZE, 1, 0xff, RegisterOwner.Toolkit);
        Add("Latency Timer", PCI_LATENCY_TIMER, 1, 0xff, RegisterOwner.Toolkit);
        Add("BIST", PCI_BIST, 1, 0xff, RegisterOwner.Device);
        for (var bar = 0; bar < PCI_STD_NUM_BARS; bar++)
            Add($"BAR {bar}", PCI_BASE_ADDRESS_0 + (bar * 4), 4, uint.MaxValue, RegisterOwner.Kernel);
        Add("Expansion ROM", PCI_ROM_ADDRESS, 4, uint.MaxValue, RegisterOwner.Kernel);
        Add("Interrupt Line", PCI_INTERRUPT_LINE, 1, 0xff, RegisterOwner.Kernel);
        foreach (var capability in capabilities) Add(capability);
    }

    /// <summary>The bits that somebody brings back, in the order in which they are restored: capabilities come after the header.</summary>
    internal IReadOnlyList<OwnedBits> Bits => _bits;

    /// <summary>Builds the table for a function.</summary>
    internal static RegisterOwnership Of(PciCapabilityList capabilities) => new(capabilities);

    /// <summary>The bits of a byte that both kernels must agree on.</summary>
    internal byte ComparedBits(int offset)
    {
        var compared = byte.MaxValue;
        foreach (var bits in _bits)
        {
            if (bits.Owner is RegisterOwner.Constant or RegisterOwner.Toolkit || offset < bits.Offset || offset >= bits.Offset + bits.Width) continue;
            compared &= (byte)~(bits.Mask >> (8 * (offset - bits.Offset)));
        }

        return compared;
    }

    private void Add(PciCapability capability)
    {
        var at = capability.Offset;
        if (!capability.IsExtended)
        {
            switch (capability.Id)
            {
                case PCI_CAP_ID_PM:
                    // Writing the state is how VFIO changes it; PME status is write-one-to-clear.
                    Add("PM Control", at + PCI_PM_CTRL, 2, 0xffff & ~PmStateMask & ~PmeStatus, RegisterOwner.Toolkit);
                    Add("PM Status", at + PCI_PM_CTRL, 2, PmeStatus, RegisterOwner.Device);
                    break;
                case PCI_CAP_ID_MSI:
                    AddBody("MSI", at + PCI_MSI_FLAGS, capability, RegisterOwner.Interrupts);
                    break;
                case PCI_CAP_ID_MSIX:
                    Add("MSI-X Control", at + PCI_MSIX_FLAGS, 2, 0xc000, RegisterOwner.Interrupts);
                    break;
                case PCI_CAP_ID_EXP:
                    AddExpress(at);
                    break;
                case PCI_CAP_ID_VNDR:
                    AddBody("Vendor Specific", at + 3, capability, RegisterOwner.Toolkit);
                    break;
                case PCI_CAP_ID_AF:
                    Add("AF Control and Status", at + PCI_AF_CTRL, 2, 0xffff, RegisterOwner.Device);
                    break;
                case PCI_CAP_ID_VPD:
                    AddBody("VPD", at + 2, capability, RegisterOwner.Device);
                    break;
                default:
                    AddBody(capability.Name, at + 2, capability, RegisterOwner.Kernel);
                    break;
            }

            return;
        }

        switch (capability.Id)
        {
            case PCI_EXT_CAP_ID_ERR:
                AddAer(at, capability);
                break;
            case PCI_EXT_CAP_ID_VNDR:
                AddBody("Vendor Specific (extended)", at + VsecHeader, capability, RegisterOwner.Toolkit);
                break;
            case PCI_EXT_CAP_ID_DVSEC:
                AddBody("Designated Vendor Specific", at + DvsecHeader, capability, RegisterOwner.Toolkit);
                break;
            case PCI_EXT_CAP_ID_DSN or PCI_EXT_CAP_ID_ARI:
                break;
            default:
                // VC, ACS, TPH, LTR, Resizable BAR, SR-IOV: set up by the kernel. ATS, PRI, PASID: by its IOMMU driver.
                // PTM, L1SS, DPC, DOE, IDE: raw behind VFIO's back, and not to be touched.
                AddBody(capability.Name, at + 4, capability, RegisterOwner.Kernel);
                break;
        }
    }

    private void AddExpress(int at)
    {
        Add("Device Control", at + PCI_EXP_DEVCTL, 2, 0xffff & ~DevCtlPayload & ~DevCtlInitiateReset, RegisterOwner.Toolkit);
        Add("Device Control, Max_Payload_Size", at + PCI_EXP_DEVCTL, 2, DevCtlPayload, RegisterOwner.Kernel);
        Add("Device Status", at + PCI_EXP_DEVSTA, 2, 0xffff, RegisterOwner.Device);
        Add("Link Control", at + PCI_EXP_LNKCTL, 2, 0xffff, RegisterOwner.Kernel);
        Add("Link Status", at + PCI_EXP_LNKSTA, 2, 0xffff, RegisterOwner.Device);
        Add("Slot Control", at + PCI_EXP_SLTCTL, 2, 0xffff, RegisterOwner.Kernel);
        Add("Slot Status", at + PCI_EXP_SLTSTA, 2, 0xffff, RegisterOwner.Device);
        Add("Root Control", at + PCI_EXP_RTCTL, 2, 0xffff, RegisterOwner.Kernel);
        Add("Root Status", at + PCI_EXP_RTSTA, 4, uint.MaxValue, RegisterOwner.Device);
        Add("Device Control 2", at + PCI_EXP_DEVCTL2, 2, 0xffff & ~DevCtl2Ari, RegisterOwner.Toolkit);
        Add("Device Control 2, ARI", at + PCI_EXP_DEVCTL2, 2, DevCtl2Ari, RegisterOwner.Kernel);
        Add("Device Status 2", at + PCI_EXP_DEVSTA2, 2, 0xffff, RegisterOwner.Device);
        Add("Link Control 2", at + PCI_EXP_LNKCTL2, 2, 0xffff, RegisterOwner.Kernel);
        Add("Link Status 2", at + PCI_EXP_LNKSTA2, 2, 0xffff, RegisterOwner.Device);
        Add("Slot Control 2", at + PCI_EXP_SLTCTL2, 2, 0xffff, RegisterOwner.Kernel);
        Add("Slot Status 2", at + PCI_EXP_SLTSTA2, 2, 0xffff, RegisterOwner.Device);
    }

    private void AddAer(int at, PciCapability capability)
    {
        Add("AER Uncorrectable Status", at + PCI_ERR_UNCOR_STATUS, 4, uint.MaxValue, RegisterOwner.Device);
        Add("AER Uncorrectable Mask", at + PCI_ERR_UNCOR_MASK, 4, uint.MaxValue, RegisterOwner.Toolkit);
        Add("AER Uncorrectable Severity", at + PCI_ERR_UNCOR_SEVER, 4, uint.MaxValue, RegisterOwner.Toolkit);
        Add("AER Correctable Status", at + PCI_ERR_COR_STATUS, 4, uint.MaxValue, RegisterOwner.Device);
        Add("AER Correctable Mask", at + PCI_ERR_COR_MASK, 4, uint.MaxValue, RegisterOwner.Toolkit);
        Add("AER Control", at + PCI_ERR_CAP, 4, AerControlWritable, RegisterOwner.Toolkit);
        Add("AER First Error Pointer", at + PCI_ERR_CAP, 4, 0x1f, RegisterOwner.Device);
        AddBody("AER Log", at + PCI_ERR_HEADER_LOG, capability, RegisterOwner.Device);
    }

    /// <summary>All bytes from an offset to the capability's end, in the widest accesses that fit. Without a known length, none.</summary>
    private void AddBody(string name, int from, PciCapability capability, RegisterOwner owner)
    {
        if (capability.Length is not { } length) return;
        var end = capability.Offset + length;
        for (var at = from; at < end;)
        {
            var width = at % 4 == 0 && at + 4 <= end ? 4 : at % 2 == 0 && at + 2 <= end ? 2 : 1;
            Add(name, at, width, uint.MaxValue >> (32 - (8 * width)), owner);
            at += width;
        }
    }

    private void Add(string name, int offset, int width, uint mask, RegisterOwner owner) => _bits.Add(new OwnedBits(name, offset, width, mask, owner));
}
