namespace Devices.Pci;

/// <summary>Capabilities and constant registers. All VFs of a PF that do not differ have one together.</summary>
public sealed class InventoryLayout
{
    internal InventoryLayout(PciCapabilityList capabilities, IReadOnlyList<InventoryRegister> constants, IReadOnlyList<InventoryRegister> status)
    {
        Capabilities = capabilities;
        Constants = constants;
        Status = status;
        ConstantDwords = DwordsOf(constants);
        StatusDwords = DwordsOf(status);
        Dwords = DwordsOf(constants.Concat(status));
    }

    /// <summary>The capabilities. In their views what is constant was read; all other registers are 0.</summary>
    public PciCapabilityList Capabilities { get; }

    /// <summary>The constant registers of the header and of all capabilities, with their values, in order of offset.</summary>
    public IReadOnlyList<InventoryRegister> Constants { get; }

    /// <summary>The other registers, in order of offset; their values are <see cref="InventoryFunction.Status"/>.</summary>
    public IReadOnlyList<InventoryRegister> Status { get; }

    /// <summary>How many dwords hold something constant.</summary>
    internal int ConstantDwords { get; }

    /// <summary>How many dwords hold something that is not: what an inventory with status costs a function.</summary>
    internal int StatusDwords { get; }

    /// <summary>How many dwords there are registers in.</summary>
    internal int Dwords { get; }

    private static int DwordsOf(IEnumerable<InventoryRegister> registers)
    {
        var dwords = new HashSet<int>();
        foreach (var register in registers)
        {
            for (var offset = register.Offset; offset < register.Offset + register.Width; offset++)
                dwords.Add(offset / sizeof(uint));
        }

        return dwords.Count;
    }
}
