namespace Devices.Pci;

/// <summary>Single Root I/O Virtualization (<c>PCI_EXT_CAP_ID_SRIOV</c>), in a PF. Owned by the kernel.</summary>
public sealed class SriovCapability : PciCapability
{
    /// <summary>Offset of SR-IOV Capabilities, 32 bits.</summary>
    public const int CapabilitiesRegister = PciRegs.PCI_SRIOV_CAP;

    /// <summary>Offset of SR-IOV Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_SRIOV_CTRL;

    /// <summary>Offset of SR-IOV Status, 16 bits.</summary>
    public const int StatusRegister = PciRegs.PCI_SRIOV_STATUS;

    /// <summary>Offset of NumVFs, 16 bits.</summary>
    public const int NumVfsRegister = PciRegs.PCI_SRIOV_NUM_VF;

    /// <summary>Offset of System Page Size, 32 bits.</summary>
    public const int SystemPageSizeRegister = PciRegs.PCI_SRIOV_SYS_PGSIZE;

    /// <summary>Offset of VF BAR 0; five more follow, 32 bits each.</summary>
    public const int VfBarRegister = PciRegs.PCI_SRIOV_BAR;

    /// <summary>How many VF BARs there are.</summary>
    public const int VfBarCount = PciRegs.PCI_SRIOV_NUM_BARS;

    private const int PageSizeUnit = 4096;

    internal SriovCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether VFs can migrate; retired from the specification.</summary>
    public bool VfMigrationCapable => Bits.Bit(UInt32At(CapabilitiesRegister), 0);

    /// <summary>Whether the ARI Capable Hierarchy bit outlives a reset.</summary>
    public bool AriCapableHierarchyPreserved => Bits.Bit(UInt32At(CapabilitiesRegister), 1);

    /// <summary>Whether VFs may use 10-bit tags.</summary>
    public bool Vf10BitTagRequesterSupported => Bits.Bit(UInt32At(CapabilitiesRegister), 2);

    /// <summary>The interrupt message number of VF migration.</summary>
    public int InterruptMessage => Bits.Field(UInt32At(CapabilitiesRegister), 21, 11);

    /// <summary>What is enabled.</summary>
    public SriovControls Control => (SriovControls)UInt16At(ControlRegister);

    /// <summary>Whether VF migration has a status to report; retired.</summary>
    public bool VfMigrationStatus => Bits.Bit(UInt16At(StatusRegister), 0);

    /// <summary>InitialVFs: how many VFs there are at first.</summary>
    public int InitialVfs => UInt16At(PciRegs.PCI_SRIOV_INITIAL_VF);

    /// <summary>TotalVFs: how many VFs can be enabled.</summary>
    public int TotalVfs => UInt16At(PciRegs.PCI_SRIOV_TOTAL_VF);

    /// <summary>NumVFs: how many VFs are enabled, if <see cref="SriovControls.VfEnable"/> is set.</summary>
    public int NumVfs => UInt16At(NumVfsRegister);

    /// <summary>The PF on which this one's VFs depend: its function number, or its own.</summary>
    public byte FunctionDependencyLink => ByteAt(PciRegs.PCI_SRIOV_FUNC_LINK);

    /// <summary>The distance from the PF's routing id to that of VF 0. May change with NumVFs and the ARI bit.</summary>
    public int FirstVfOffset => UInt16At(PciRegs.PCI_SRIOV_VF_OFFSET);

    /// <summary>The distance between the routing ids of two VFs.</summary>
    public int VfStride => UInt16At(PciRegs.PCI_SRIOV_VF_STRIDE);

    /// <summary>The VFs' device id; their own register reads 0xFFFF.</summary>
    public ushort VfDeviceId => UInt16At(PciRegs.PCI_SRIOV_VF_DID);

    /// <summary>The page sizes that the PF supports, in bytes.</summary>
    public IReadOnlyList<long> SupportedPageSizes
    {
        get
        {
            var sizes = UInt32At(PciRegs.PCI_SRIOV_SUP_PGSIZE);
            return [.. Enumerable.Range(0, 32).Where(bit => Bits.Bit(sizes, bit)).Select(bit => (long)PageSizeUnit << bit)];
        }
    }

    /// <summary>The raw register of supported page sizes: bit n stands for 4096 shifted by n.</summary>
    public uint SupportedPageSizesRaw => UInt32At(PciRegs.PCI_SRIOV_SUP_PGSIZE);

    /// <summary>The raw register of the system's page size: the bit of the size in use.</summary>
    public uint SystemPageSizeRaw => UInt32At(SystemPageSizeRegister);

    /// <summary>The system's page size in bytes; VF BARs are aligned to it.</summary>
    public long SystemPageSize => (long)PageSizeUnit * SystemPageSizeRaw;

    /// <summary>The raw VF BARs.</summary>
    public IReadOnlyList<uint> VfBaseAddresses => [.. Enumerable.Range(0, VfBarCount).Select(i => UInt32At(VfBarRegister + (i * sizeof(uint))))];

    /// <summary>The address of a VF.</summary>
    /// <param name="physicalFunction">The PF's address.</param>
    /// <param name="index">The VF's number, from 0.</param>
    /// <returns>Its address.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative, or not below <see cref="TotalVfs"/>, or beyond bus 255.</exception>
    public PciAddress AddressOfVf(PciAddress physicalFunction, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, TotalVfs);
        var routingId = physicalFunction.RoutingId + FirstVfOffset + (VfStride * index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(routingId, ushort.MaxValue, nameof(index));
        return PciAddress.FromRoutingId(physicalFunction.Domain, (ushort)routingId);
    }
}
