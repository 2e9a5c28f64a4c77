using System.Text.Json;
using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.Pci;

namespace Devices.HwTests.Pci;

/// <summary>What an inventory of 1,016 VFs costs the hardware, counted in the kernel, and that it is right.</summary>
[Guest("thousand"), Collection(ThousandVfsGroup.Name)]
public sealed class InventoryTests
{
    private readonly ThousandVfs _vfs;

    public InventoryTests(ThousandVfs vfs)
    {
        _vfs = vfs;
        _vfs.Make();
    }

    [SkippableFact]
    public void Cold_it_costs_at_most_two_dwords_a_VF_and_warm_one_a_VF_and_nothing_else()
    {
        using var kernel = new KernelCalls(KernelCalls.ConfigRead);
        var store = new ConfigCacheStore();
        var cold = Take(kernel, new InventoryOptions { Store = store });
        AssertIsWhatIsThere(cold);
        Assert.InRange(cold.Reads.Dwords, ThousandVfs.Count, 2 * ThousandVfs.Count);

        // What another process has of it.
        store = ConfigCacheStore.Parse(store.ToBytes(), "bytes");
        var warm = Take(kernel, new InventoryOptions { Store = store });
        AssertIsWhatIsThere(warm);
        Assert.Equal((ThousandVfs.Count, ThousandVfs.Count), ((int)warm.Reads.Dwords, (int)warm.Reads.VfDwords));
        AssertSame(cold, warm);

        // VFs that were made anew: still one dword each, and none of the PFs.
        var pf = _vfs.Pfs[0];
        pf.Sriov!.Disable();
        Assert.Equal(ThousandVfs.Count - ThousandVfs.OfPf, (int)Take(kernel, new InventoryOptions { Store = store }).Reads.Dwords);
        ThousandVfs.Enable(pf);
        var anew = Take(kernel, new InventoryOptions { Store = store });
        Assert.Equal(ThousandVfs.Count, (int)anew.Reads.Dwords);
        AssertSame(cold, anew);
    }

    [SkippableFact]
    public void Status_costs_each_volatile_dword_once_and_no_more()
    {
        using var kernel = new KernelCalls(KernelCalls.ConfigRead);
        var store = new ConfigCacheStore();
        _ = PciInventory.Take(new InventoryOptions { Store = store });
        var status = Take(kernel, new InventoryOptions { Store = store, Status = true });
        Assert.Equal(status.Functions.Sum(static function => function.Layout?.StatusDwords ?? 0), status.Reads.Dwords);
        foreach (var function in status.Functions.Where(static function => function.Layout is not null))
        {
            using var space = SysfsConfigSpace.TryOpen(SysfsTree.System, function.Address)!;
            foreach (var (register, value) in function.Layout!.Status.Zip(function.Status).Where(static one => one.First.Name is "Command" or "MSI-X: Message Control" or "PCI Express: Device Control"))
                Assert.Equal(space.ReadUInt16(register.Offset), (ushort)value);
        }
    }

    [SkippableFact]
    public void The_command_tells_the_same_and_leaves_a_store_for_its_next_run()
    {
        var path = $"/run/devkeep/test-{Guid.NewGuid():n}";
        using var kernel = new KernelCalls(KernelCalls.ConfigRead);
        try
        {
            JsonElement cold = default, warm = default;
            Assert.Equal(kernel.During(() => cold = Devkeep.Json("inventory", "--store", path)), cold.GetProperty("reads").GetProperty("dwords").GetInt64());
            Assert.InRange(cold.GetProperty("reads").GetProperty("dwords").GetInt64(), ThousandVfs.Count, 2 * ThousandVfs.Count);
            Assert.Equal(ThousandVfs.Count, kernel.During(() => warm = Devkeep.Json("inventory", "--store", path)));
            Assert.Equal(cold.GetProperty("functions").GetRawText(), warm.GetProperty("functions").GetRawText());
            Assert.Equal(cold.GetProperty("layouts").GetRawText(), warm.GetProperty("layouts").GetRawText());
            var vfs = cold.GetProperty("functions").EnumerateArray().Where(static function => function.GetProperty("vf_number").ValueKind == JsonValueKind.Number).ToList();
            Assert.Equal(ThousandVfs.Count, vfs.Count);
            Assert.Equal(_vfs.Pfs.Count, vfs.Select(static vf => vf.GetProperty("layout").GetInt32()).Distinct().Count());

            // A PF that is named brings its VFs; a file that is no store is told and replaced.
            File.WriteAllText(path, "no store");
            var (code, output, error) = Devkeep.Run("inventory", _vfs.Pfs[1].Address.ToString(), "--store", path);
            Assert.Equal(0, code);
            Assert.Contains($"{path} is replaced: it is no store of caches.", error, StringComparison.Ordinal);
            Assert.Equal(ThousandVfs.OfPf + 1, output.Split('\n').Count(static line => line.Contains("1b36:0010", StringComparison.Ordinal)));
            Assert.Equal(2, ConfigCacheStore.Load(path).Entries.Count);
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + ".lock");
        }
    }

    // Counted here and in the kernel: nothing reaches the hardware that is not told.
    private static PciInventory Take(KernelCalls kernel, InventoryOptions options)
    {
        PciInventory? inventory = null;
        var counted = kernel.During(() => inventory = PciInventory.Take(options));
        Assert.Equal(counted, inventory!.Reads.Dwords);
        return inventory;
    }

    private void AssertIsWhatIsThere(PciInventory inventory)
    {
        Assert.Equal(PciFunction.EnumerateAll().Select(static function => function.Address), inventory.Functions.Select(static function => function.Address));
        foreach (var pf in _vfs.Pfs)
            Assert.Equal(pf.VirtualFunctions, inventory.Functions.Where(function => function.PhysicalFunction == pf.Address).Select(static function => function.Address));
        foreach (var function in inventory.Functions)
        {
            // A constant may be another VF's: each is compared with the function's own register.
            using var space = SysfsConfigSpace.TryOpen(SysfsTree.System, function.Address)!;
            Assert.NotNull(function.Layout);
            var registers = new byte[function.VfNumber is > 3 ? 256 : space.Length];
            space.Read(0, registers);
            foreach (var register in function.Layout.Constants.Where(register => register.Offset < registers.Length))
            {
                for (var i = 0; i < register.Width; i++)
                    Assert.True(registers[register.Offset + i] == (byte)(register.Value!.Value >> (8 * i)), $"{function.Address} {register.Name}");
            }

            if (function.MsixVectors is { } vectors)
                Assert.Equal(MsixCapability.TableSizeOf(space.ReadUInt16(function.Layout.Capabilities.Find<MsixCapability>()!.Offset + MsixCapability.MessageControlRegister)), vectors);

            // Of some VFs what sysfs has of themselves: it takes five files each.
            if (function.VfNumber is > 3)
                continue;
            var own = PciFunction.Open(function.Address);
            Assert.Equal(own.Ids, function.Ids);
            Assert.Equal((own.ClassCode, own.Revision, own.Driver), (function.ClassCode!.Value, function.Revision!.Value, function.Driver));
            Assert.Equal(own.Resources, function.Resources);
        }
    }

    private static void AssertSame(PciInventory one, PciInventory other)
    {
        foreach (var (first, second) in one.Functions.Zip(other.Functions))
        {
            Assert.Equal((first.Address, first.Ids, first.ClassCode, first.Revision, first.Driver, first.MsixVectors), (second.Address, second.Ids, second.ClassCode, second.Revision, second.Driver, second.MsixVectors));
            Assert.Equal(first.Layout!.Constants, second.Layout!.Constants);
        }

        Assert.Equal(one.Functions.Count, other.Functions.Count);
    }
}
