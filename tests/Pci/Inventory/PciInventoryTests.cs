using Devices.Linux;
using Devices.Pci;

namespace Devices.Tests.Pci.Inventory;

public sealed class PciInventoryTests : IDisposable
{
    private readonly FakeSysfs _sysfs = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-inventory-");

    public PciInventoryTests() => InventoryHost.Fill(_sysfs);

    private string StorePath => Path.Combine(_folder.FullName, "config-cache");

    public void Dispose()
    {
        _sysfs.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Every_constant_is_the_functions_own_and_a_VF_costs_one_dword()
    {
        var inventory = Take();
        Assert.Equal([InventoryHost.Pf, .. InventoryHost.VfAddresses, InventoryHost.Edu, InventoryHost.Gone], inventory.Functions.Select(static function => function.Address.ToString()));
        AssertRight(inventory);
        var vfs = inventory.Functions.Where(static function => function.VfNumber is not null).ToList();
        Assert.Equal(3, vfs.Count(vf => vf.Layout == vfs[0].Layout));
        Assert.Equal((byte)0x77, vfs[InventoryHost.Odd].Revision);
        Assert.Single(vfs[InventoryHost.Odd].Layout!.Capabilities, static capability => !capability.IsExtended);

        // The first bears what is read once, the odd one its own; the others cost one each.
        var walks = 2 * vfs[0].Layout!.Constants.Count;
        Assert.InRange(inventory.Reads.VfDwords, 4, walks + 2);
        Assert.True(inventory.Reads.Dwords < inventory.Reads.Told);
        var gone = inventory.Functions[^1];
        Assert.True(gone is { Layout: null, ClassCode: null, Revision: null, Ids.DeviceId: 0x1572 });
    }

    [Fact]
    public void What_the_PF_knows_of_its_VFs_no_VF_is_asked_for()
    {
        var inventory = Take();
        var pf = inventory.Functions[0];
        foreach (var (number, vf) in inventory.Functions.Skip(1).Take(InventoryHost.Vfs).Index())
        {
            Assert.Equal((pf.Address, number), (vf.PhysicalFunction!.Value, vf.VfNumber!.Value));
            Assert.Equal((0x1B36, 0x0010), (vf.Ids.VendorId, vf.Ids.DeviceId));
            var bar = Assert.Single(vf.Resources);
            Assert.Equal((0x8_0000_0000ul + ((ulong)number << 14), 1ul << 14, PciResourceKind.Bar), (bar.Start, bar.Size, bar.Kind));
            Assert.Equal((number % 31) + 1, vf.MsixVectors);
            Assert.Equal(number == 0 ? "nvme" : null, vf.Driver);
        }

        Assert.Null(pf.MsixVectors);
        Assert.Equal([PciResourceKind.Bar, PciResourceKind.VfBar], pf.Resources.Select(static resource => resource.Kind));
    }

    [Fact]
    public void From_the_store_unchanged_functions_cost_nothing_and_VFs_one_dword()
    {
        var cold = Take(store: ConfigCacheStore.Load(StorePath), save: true);
        var first = File.ReadAllBytes(StorePath);
        var store = ConfigCacheStore.Load(StorePath);
        var warm = Take(store: store);
        AssertRight(warm);
        Assert.False(store.IsChanged);
        Assert.Equal(first, store.ToBytes());
        Assert.Equal(3, warm.Reads.Restored);
        Assert.Equal(cold.Functions.Select(static function => function.Layout?.Constants.Count), warm.Functions.Select(static function => function.Layout?.Constants.Count));

        // The odd VF is like none: it is read anew. So is what does not answer, in vain.
        var named = Take(store: store, addresses: [InventoryHost.Pf, InventoryHost.Edu]);
        Assert.Equal(named.Reads.Dwords, named.Reads.VfDwords);
        Assert.Equal(3, Take(store: store, addresses: [.. InventoryHost.VfAddresses.Take(3)]).Reads.Dwords);

        // A PF that was replaced is read anew.
        _sysfs.Set(InventoryHost.Edu, "revision", "0x11");
        Assert.True(Take(store: store, addresses: [InventoryHost.Edu]).Reads is { Restored: 0, Dwords: > 0 });
    }

    [Fact]
    public void Status_is_every_other_register_read_once()
    {
        var inventory = Take(status: true);
        AssertRight(inventory);
        foreach (var function in inventory.Functions.Where(static function => function.Layout is not null))
        {
            var registers = InventoryHost.Registers(_sysfs, function.Address);
            Assert.NotEmpty(function.Status);
            foreach (var (register, value) in function.Layout!.Status.Zip(function.Status))
            {
                Assert.Null(register.Value);
                Assert.Equal(ValueIn(registers, register), value);
            }

            // Together they are all of the header, but for a VF's ids, and of the capabilities.
            var told = new bool[registers.Length];
            foreach (var register in function.Layout.Constants.Concat(function.Layout.Status))
            {
                Assert.DoesNotContain(true, told[register.Offset..(register.Offset + register.Width)]);
                told.AsSpan(register.Offset, register.Width).Fill(true);
            }

            Assert.DoesNotContain(false, told[(function.VfNumber is null ? 0 : 4)..PciRegs.PCI_STD_HEADER_SIZEOF]);
            foreach (var capability in function.Layout.Capabilities)
                Assert.DoesNotContain(false, told[capability.Offset..(capability.Offset + capability.Raw.Length)]);
        }

        Assert.InRange(inventory.Reads.Dwords, 1, inventory.Reads.Told + (2 * inventory.Functions.Count));
        var pf = inventory.Functions[0];
        Assert.Contains(pf.Layout!.Status, static register => register.Name == "MSI-X: Message Control");
        Assert.Contains(pf.Layout.Status, static register => register.Name == "Command");
        Assert.DoesNotContain(pf.Layout.Status, static register => register.Name == "PCI Express: Link Capabilities");
    }

    [Fact]
    public void Functions_are_chosen_by_address_and_a_PF_brings_its_VFs()
    {
        var some = InventoryHost.VfAddresses.ToList();
        Assert.Equal([InventoryHost.Pf, .. some], Addresses(InventoryHost.Pf));
        Assert.Equal([InventoryHost.Edu], Addresses(InventoryHost.Edu));
        Assert.Equal([some[2], InventoryHost.Edu], Addresses(InventoryHost.Edu, some[2]));
        Assert.Equal([InventoryHost.Pf, .. some], Addresses(some[2], InventoryHost.Pf));
        Assert.Equal(Errno.ENODEV, Assert.Throws<LinuxException>(() => Addresses("0000:09:00.0")).Errno);

        List<string> Addresses(params string[] named) => [.. Take(addresses: named).Functions.Select(static function => function.Address.ToString())];
    }

    private PciInventory Take(bool status = false, ConfigCacheStore? store = null, bool save = false, string[]? addresses = null)
    {
        var inventory = PciInventory.Take(
            new InventoryOptions { Status = status, Store = store, Addresses = addresses is null ? null : [.. addresses.Select(static address => PciAddress.Parse(address))] }, _sysfs.Tree);
        if (save)
            store!.Save(StorePath);
        return inventory;
    }

    private void AssertRight(PciInventory inventory)
    {
        foreach (var function in inventory.Functions.Where(static function => function.Layout is not null))
        {
            var registers = InventoryHost.Registers(_sysfs, function.Address);
            var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(registers, "registers"));
            Assert.Equal(capabilities.Select(static capability => capability.ToString()), function.Layout!.Capabilities.Select(static capability => capability.ToString()));
            Assert.All(function.Layout.Constants, register => Assert.Equal(ValueIn(registers, register), register.Value));
            Assert.Contains(function.Layout.Constants, static register => register.Name == "Header Type");
            Assert.Equal(registers[PciRegs.PCI_REVISION_ID], function.Revision);
            Assert.Equal(registers[PciRegs.PCI_SUBSYSTEM_ID] | (registers[PciRegs.PCI_SUBSYSTEM_ID + 1] << 8), function.Ids.SubsystemId);
        }
    }

    private static uint ValueIn(byte[] registers, InventoryRegister register)
    {
        uint value = 0;
        for (var i = register.Width - 1; i >= 0; i--)
            value = (value << 8) | registers[register.Offset + i];
        return value;
    }
}
