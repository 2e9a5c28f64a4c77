using System.Globalization;
using Devices.Pci;
using Devices.Tests.Pci.Cache;

namespace Devices.Tests.Pci.Inventory;

/// <summary>
/// An NVMe controller with four VFs, the last of which differs, an edu, and a function that does not answer; their registers are files. Of VFs sysfs tells
/// nothing that can be read but VF 0's BARs.
/// </summary>
internal static class InventoryHost
{
    public const string Pf = "0000:01:00.0";
    public const string Edu = "0000:02:00.0";
    public const string Gone = "0000:03:00.0";
    public const int Vfs = 4;
    public const int Odd = 3;

    public static IEnumerable<string> VfAddresses => Enumerable.Range(1, Vfs).Select(static function => $"0000:01:00.{function}");

    public static void Fill(FakeSysfs sysfs)
    {
        sysfs.Add(Pf);
        Config(sysfs, Pf, Own("qemu-nvme-sriov"));
        sysfs.Set(Pf, "sriov_totalvfs", "127");
        sysfs.Set(Pf, "sriov_numvfs", Vfs.ToString(CultureInfo.InvariantCulture));
        sysfs.Set(Pf, "sriov_offset", "1");
        sysfs.Set(Pf, "sriov_stride", "1");
        sysfs.Set(Pf, "sriov_vf_device", "0010");
        sysfs.Set(Pf, "resource", ResourceFile("0x00000000fe800000 0x00000000fe803fff 0x0000000000140204", "0x0000000800000000 0x00000008001fffff 0x000000000014220c"));
        foreach (var (index, vf) in VfAddresses.Index())
        {
            sysfs.Add(vf, vendor: "not to be read", device: "not to be read", @class: "not to be read");
            sysfs.Link(vf, "physfn", $"devices/pci0000:00/{Pf}");
            sysfs.Set(vf, "resource", index == 0 ? ResourceFile("0x0000000800000000 0x0000000800003fff 0x000000000014220c", null) : "not to be read");
            Config(sysfs, vf, VfRegisters(index));
        }

        sysfs.Add(Edu, vendor: "0x1234", device: "0x11e8", @class: "0x00ff00");
        Config(sysfs, Edu, Own("qemu-edu"));
        sysfs.Add(Gone, vendor: "0x8086", device: "0x1572", @class: "0x020000");
        Config(sysfs, Gone, [.. Enumerable.Repeat((byte)0xFF, 4096)]);
        sysfs.AddDriver("nvme");
        sysfs.Link(VfAddresses.First(), "driver", "bus/pci/drivers/nvme");
        File.CreateSymbolicLink(Path.Combine(sysfs.Tree.Drivers, "nvme", VfAddresses.First()), sysfs.PathOf(VfAddresses.First(), "."));
    }

    public static byte[] VfRegisters(int index)
    {
        var vf = VfDump.Create(index);
        if (index == Odd)
        {
            // Its list has another first capability, and it is of another revision.
            var msix = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(vf.Bytes, "vf")).Find<MsixCapability>()!;
            vf.Bytes[msix.Offset + 1] = 0;
            vf.Bytes[PciRegs.PCI_REVISION_ID] = 0x77;
        }

        return vf.Bytes.ToArray();
    }

    public static byte[] Registers(FakeSysfs sysfs, PciAddress address) => File.ReadAllBytes(sysfs.PathOf(address.ToString(), "config"));

    public static void Config(FakeSysfs sysfs, string address, byte[] registers) => File.WriteAllBytes(sysfs.PathOf(address, "config"), registers);

    private static byte[] Own(string name)
    {
        var dump = ConfigSpaceDump.Load(ConfigDumps.Own.Single(file => file.EndsWith(name, StringComparison.Ordinal)))[0];
        var bytes = new byte[dump.Length];
        dump.Read(0, bytes);
        return bytes;
    }

    // BAR 0 and VF BAR 0 of a kernel with SR-IOV.
    private static string ResourceFile(string bar, string? vfBar)
    {
        const string None = "0x0000000000000000 0x0000000000000000 0x0000000000000000";
        return string.Join('\n', Enumerable.Range(0, 13).Select(line => line switch { 0 => bar, 7 => vfBar ?? None, _ => None }));
    }
}
