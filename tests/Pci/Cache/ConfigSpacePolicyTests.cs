using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

public class ConfigSpacePolicyTests
{
    [Fact]
    public void Every_register_with_a_name_has_its_line_in_the_table()
    {
        foreach (var type in (PciHeaderType[])[PciHeaderType.Endpoint, PciHeaderType.Bridge])
            Assert.All(HeaderRegisters.Of(type), register => Assert.Contains(HeaderRules.Of(type), rule => Covers(rule, register)));
        var seen = new HashSet<string>();
        var functions = DumpFunction.AllDumps.Cast<IPciConfigSpace>()
            .Concat(Enumerable.Range(0, 40).Select(seed => ConfigSpaceSnapshot.FromBytes(RandomFunction.Create(new Random(seed)), "random")));
        foreach (var capability in functions.SelectMany(PciCapabilities.Read))
        {
            var rules = CapabilityRules.Of(capability).ToArray();
            if (rules.Length == 0)
                continue;
            seen.Add(capability.Name);
            Assert.All(capability.Registers, register =>
                Assert.True(Array.Exists(rules, rule => Covers(rule, register)), $"{capability.Name}: {register.Name} is not in the table"));
        }

        Assert.True(seen.Count >= 30, $"{seen.Count} kinds of capabilities: {string.Join(", ", seen.Order())}");
    }

    [Theory]
    [InlineData("Vendor ID", RegisterPolicy.Constant)]
    [InlineData("Command", RegisterPolicy.UntilWritten)]
    [InlineData("Status", RegisterPolicy.Volatile)]
    [InlineData("Revision ID and Class Code", RegisterPolicy.Constant)]
    [InlineData("BAR 0", RegisterPolicy.UntilWritten)]
    [InlineData("BIST", RegisterPolicy.Constant)]
    [InlineData("Power Management: Control and Status", RegisterPolicy.Volatile)]
    [InlineData("MSI: Message Control", RegisterPolicy.UntilWritten)]
    [InlineData("MSI: Pending Bits", RegisterPolicy.Volatile)]
    [InlineData("MSI-X: Table Offset and BIR", RegisterPolicy.UntilReset)]
    [InlineData("PCI Express: Device Status", RegisterPolicy.Volatile)]
    [InlineData("PCI Express: Link Control", RegisterPolicy.Volatile)]
    [InlineData("Advanced Error Reporting: Uncorrectable Error Mask", RegisterPolicy.UntilWritten)]
    [InlineData("Advanced Error Reporting: Uncorrectable Error Status", RegisterPolicy.Volatile)]
    [InlineData("Single Root I/O Virtualization (SR-IOV): VF Device ID", RegisterPolicy.Constant)]
    [InlineData("Single Root I/O Virtualization (SR-IOV): NumVFs", RegisterPolicy.Volatile)]
    public void A_function_s_registers_have_the_policy_that_the_specification_leads_to(string name, RegisterPolicy expected)
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var policy = ConfigSpacePolicy.Read(model, ConfigSpaceOwnership.Exclusive);
        var registers = RegisterMap.Of(ConfigSpaceSnapshot.Capture(model));
        var register = registers.Find(register => register.Name == name);
        Assert.True(register.Width > 0, string.Join('\n', registers.Select(known => known.Name)));
        Assert.All(Enumerable.Range(register.Offset, register.Width), offset => Assert.Equal(expected, policy[offset]));
        Assert.Contains(name, policy.NameOf(register.Offset / 4 * 4), StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_of_a_shared_function_are_constant_or_volatile()
    {
        foreach (var dump in DumpFunction.AllDumps)
        {
            var policy = ConfigSpacePolicy.Read(dump, ConfigSpaceOwnership.Shared);
            Assert.All(Enumerable.Range(0, policy.Length), offset => Assert.True(policy[offset] is RegisterPolicy.Constant or RegisterPolicy.Volatile));
        }
    }

    [Fact]
    public void What_nobody_owns_and_what_vendors_own_is_volatile()
    {
        var policy = ConfigSpacePolicy.Read(new ModelFunction(ConfigSpaceView.Raw), ConfigSpaceOwnership.Exclusive);
        Assert.Equal(RegisterPolicy.Volatile, policy[ModelFunction.Unowned]);
        Assert.Equal(RegisterPolicy.Constant, policy[ModelFunction.Vendor]);
        Assert.All(Enumerable.Range(ModelFunction.Vendor + 3, 13), offset => Assert.Equal(RegisterPolicy.Volatile, policy[offset]));
    }

    [Fact]
    public void A_VF_s_raw_header_cannot_be_written_but_VFIO_s_view_of_it_can()
    {
        var raw = ConfigSpacePolicy.Read(VfDump.Create(0), ConfigSpaceOwnership.Shared, isVirtualFunction: true);
        var virtualised = ConfigSpacePolicy.Read(VfDump.Create(0, ConfigSpaceView.Vfio), ConfigSpaceOwnership.Exclusive, isVirtualFunction: true);
        Assert.Equal(RegisterPolicy.Constant, raw[PciRegs.PCI_BASE_ADDRESS_0]);
        Assert.Equal(RegisterPolicy.UntilWritten, virtualised[PciRegs.PCI_BASE_ADDRESS_0]);
    }

    [Fact]
    public void Where_a_broken_list_lays_capabilities_over_each_other_the_more_careful_policy_counts()
    {
        // The second lies over the first's last four bytes.
        Assert.Equal(RegisterPolicy.Constant, Overlapping(PciRegs.PCI_CAP_ID_SSVID, PciRegs.PCI_CAP_ID_PM)[0x46]);
        Assert.Equal(RegisterPolicy.Volatile, Overlapping(PciRegs.PCI_CAP_ID_PM, PciRegs.PCI_CAP_ID_SSVID)[0x44]);

        static ConfigSpacePolicy Overlapping(int first, int second)
        {
            var bytes = new byte[256];
            bytes[PciRegs.PCI_STATUS] = (byte)PciStatus.CapabilityList;
            bytes[PciRegs.PCI_CAPABILITY_LIST] = 0x40;
            (bytes[0x40], bytes[0x41], bytes[0x44]) = ((byte)first, 0x44, (byte)second);
            return ConfigSpacePolicy.Read(ConfigSpaceSnapshot.FromBytes(bytes, "x"), ConfigSpaceOwnership.Exclusive);
        }
    }

    [Fact]
    public void A_function_without_an_answer_has_no_policy()
    {
        var policy = ConfigSpacePolicy.Read(new ModelFunction(ConfigSpaceView.Raw) { IsGone = true }, ConfigSpaceOwnership.Exclusive);
        Assert.All(Enumerable.Range(0, policy.Length), offset => Assert.Equal(RegisterPolicy.Volatile, policy[offset]));
        Assert.Throws<ArgumentException>(() => ConfigSpacePolicy.Read(ConfigSpaceSnapshot.FromBytes(new byte[65], "x"), ConfigSpaceOwnership.Shared));
    }

    private static bool Covers(RegisterRule rule, PciRegister register) =>
        rule.Offset <= register.Offset && rule.Offset + rule.Width > register.Offset;
}
