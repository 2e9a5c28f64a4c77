using Devices.Linux;
using Devices.Pci;

namespace Devices.Tests.Pci;

public sealed class PciFunctionTests : IDisposable
{
    private readonly FakeSysfs _sysfs = new();

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void Identity_is_read_from_the_kernels_copies()
    {
        _sysfs.Add("0000:00:04.0");
        var function = _sysfs.Open("0000:00:04.0");
        Assert.Equal(new PciIds(0x1B36, 0x0010, 0x1AF4, 0x1100), function.Ids);
        Assert.Equal(0x010802u, function.ClassCode.Value);
        Assert.Equal("Non-Volatile memory controller", function.ClassCode.Description);
        Assert.Equal(2, function.Revision);
        Assert.Equal("0000:00:04.0 1b36:0010 Non-Volatile memory controller", function.ToString());
    }

    [Fact]
    public void An_address_without_a_function_is_an_error_that_names_it()
    {
        var failure = Assert.Throws<LinuxException>(() => _sysfs.Open("0000:7f:00.0"));
        Assert.Equal(Errno.ENODEV, failure.Errno);
        Assert.Contains("0000:7f:00.0", failure.Message, StringComparison.Ordinal);
        Assert.False(PciFunction.TryOpen(PciAddress.Parse("0000:7f:00.0"), _sysfs.Tree, out _));
    }

    [Fact]
    public void What_is_not_there_is_null_or_empty()
    {
        _sysfs.Add("0000:00:04.0");
        var function = _sysfs.Open("0000:00:04.0");
        Assert.Null(function.Driver);
        Assert.Null(function.DriverOverride);
        Assert.Null(function.IommuGroup);
        Assert.Null(function.NumaNode);
        Assert.Null(function.PhysicalFunction);
        Assert.Null(function.Sriov);
        Assert.Null(function.UpstreamBridge);
        Assert.Null(function.VfioCdevName);
        Assert.Null(function.SlotName);
        Assert.Equal(PciPowerState.Unknown, function.PowerState);
        Assert.Empty(function.IommuGroupMembers);
        Assert.Empty(function.VirtualFunctions);
        Assert.Empty(function.ResetPeers);
        Assert.Empty(function.Resources);
    }

    [Fact]
    public void Links_and_attributes_are_read_at_each_use()
    {
        _sysfs.Add("0000:00:04.0");
        _sysfs.AddDriver("vfio-pci");
        var function = _sysfs.Open("0000:00:04.0");
        Assert.Null(function.Driver);
        _sysfs.Link("0000:00:04.0", "driver", "bus/pci/drivers/vfio-pci");
        _sysfs.Link("0000:00:04.0", "iommu_group", "kernel/iommu_groups/14");
        _sysfs.MakeDirectory("kernel/iommu_groups/14/devices/0000:00:04.1");
        _sysfs.MakeDirectory("kernel/iommu_groups/14/devices/0000:00:04.0");
        Directory.CreateDirectory(_sysfs.PathOf("0000:00:04.0", "vfio-dev/vfio3"));
        _sysfs.Set("0000:00:04.0", "numa_node", "1");
        _sysfs.Set("0000:00:04.0", "enable", "2");
        _sysfs.Set("0000:00:04.0", "power_state", "D3hot");
        _sysfs.Set("0000:00:04.0", "driver_override", "vfio-pci");
        Assert.Equal("vfio-pci", function.Driver);
        Assert.Equal("vfio-pci", function.DriverOverride);
        Assert.Equal(14, function.IommuGroup);
        Assert.Equal([PciAddress.Parse("00:04.0"), PciAddress.Parse("00:04.1")], function.IommuGroupMembers);
        Assert.Equal("vfio3", function.VfioCdevName);
        Assert.Equal(1, function.NumaNode);
        Assert.Equal(2, function.EnableCount);
        Assert.Equal(PciPowerState.D3Hot, function.PowerState);
    }

    [Fact]
    public void Bridges_slots_and_reset_peers_follow_the_tree()
    {
        _sysfs.Add("0000:00:01.0", @class: "0x060400");
        _sysfs.Add("0000:01:00.0", below: "0000:00:01.0");
        _sysfs.Add("0000:01:00.1", below: "0000:00:01.0");
        _sysfs.Add("0000:01:08.0", below: "0000:00:01.0");
        _sysfs.Add("0000:00:02.0");
        _sysfs.Add("0000:00:02.1");
        _sysfs.MakeDirectory("bus/pci/slots/7");
        _sysfs.WriteFile("bus/pci/slots/7/address", "0000:01:00\n");
        var function = _sysfs.Open("0000:01:00.0");
        Assert.Equal(PciAddress.Parse("00:01.0"), function.UpstreamBridge?.Address);
        Assert.Equal([PciAddress.Parse("01:00.1")], function.SlotPeers);
        Assert.Equal([PciAddress.Parse("01:00.1"), PciAddress.Parse("01:08.0")], function.ResetPeers);
        Assert.Equal("7", function.SlotName);

        var onRootBus = _sysfs.Open("0000:00:02.0");
        Assert.Equal([PciAddress.Parse("00:02.1")], onRootBus.SlotPeers);
        Assert.Empty(onRootBus.ResetPeers);
        Assert.Equal(6, PciFunction.EnumerateAll(_sysfs.Tree).Count);
    }

    [Fact]
    public void Virtual_functions_are_listed_by_number_and_know_their_pf()
    {
        _sysfs.Add("0000:00:01.0", @class: "0x060400");
        _sysfs.Add("0000:01:00.0", below: "0000:00:01.0");
        for (var vf = 0; vf < 12; vf++)
        {
            var address = PciAddress.FromRoutingId(0, (ushort)(0x0110 + vf)).ToString();
            _sysfs.Add(address, below: "0000:00:01.0");
            _sysfs.Link("0000:01:00.0", $"virtfn{vf}", Path.Combine("devices/pci0000:00/0000:00:01.0", address));
            _sysfs.Link(address, "physfn", "devices/pci0000:00/0000:00:01.0/0000:01:00.0");
        }

        var pf = _sysfs.Open("0000:01:00.0");
        Assert.Equal(Enumerable.Range(0, 12).Select(vf => PciAddress.FromRoutingId(0, (ushort)(0x0110 + vf))), pf.VirtualFunctions);
        var first = _sysfs.Open("0000:01:02.0");
        Assert.Equal(pf.Address, first.PhysicalFunction);
        Assert.True(first.IsVirtualFunction);
        Assert.False(pf.IsVirtualFunction);
        Assert.Empty(first.ResetPeers);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    public void Resources_have_kind_size_and_flags_with_and_without_iov_in_the_kernel(int linesOfEndpoint)
    {
        var lines = Enumerable.Repeat("0x0000000000000000 0x0000000000000000 0x0000000000000000", linesOfEndpoint).ToArray();
        lines[0] = "0x00000000fe000000 0x00000000fe003fff 0x0000000000140204";
        lines[4] = "0x000000000000c000 0x000000000000c03f 0x0000000000040101";
        lines[6] = "0x00000000000c0000 0x00000000000dffff 0x0000000020046200";
        if (linesOfEndpoint > 7)
            lines[7] = "0x00000000fe100000 0x00000000fe1fbfff 0x0000000000140204";
        var resources = PciFunction.ParseResources(string.Join('\n', lines));
        Assert.Equal(
            new PciResource(
                PciResourceKind.Bar, 0, 0xFE000000, 0xFE003FFF, PciResourceFlags.Memory | PciResourceFlags.Memory64 | PciResourceFlags.SizeAligned | (PciResourceFlags)4),
            resources[0]);
        Assert.Equal(0x4000u, resources[0].Size);
        Assert.True(resources[0].Is64Bit);
        Assert.False(resources[0].IsPrefetchable);
        Assert.True(resources[1].IsIo);
        Assert.Equal(4, resources[1].Index);
        Assert.Equal(PciResourceKind.ExpansionRom, resources[2].Kind);
        Assert.False(resources[2].IsAssigned);
        Assert.Equal(linesOfEndpoint > 7 ? [(PciResourceKind.VfBar, 0)] : [], resources.Skip(3).Select(r => (r.Kind, r.Index)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(17)]
    public void Windows_of_a_bridge_come_after_its_bars(int lineCount)
    {
        var lines = Enumerable.Repeat("0x0000000000000000 0x0000000000000000 0x0000000000000000", lineCount).ToArray();
        lines[^4] = "0x000000000000c000 0x000000000000cfff 0x0000000000000101";
        lines[^3] = "0x00000000fe000000 0x00000000fe1fffff 0x0000000000000200";
        Assert.Equal(
            [(PciResourceKind.BridgeWindow, 0), (PciResourceKind.BridgeWindow, 1)],
            PciFunction.ParseResources(string.Join('\n', lines)).Select(r => (r.Kind, r.Index)));
    }
}
