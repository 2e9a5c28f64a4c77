using System.Buffers.Binary;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Vfio;

/// <summary>
/// The VFs of an NVMe controller on its native driver. A VF has neither queues nor interrupts, and does not start, until its PF has given it some and has brought it online
/// (NVMe 1.4, 8.5 Virtualization Enhancements). All of it is gone with a reset of the PF, as over a kexec.
/// </summary>
internal static class NvmeSecondaries
{
    private const byte Identify = 0x06;
    private const byte VirtualizationManagement = 0x1c;
    private const uint SecondaryControllerList = 0x15;
    private const int ListBytes = 4096;
    private const int EntryBytes = 32;
    private const int VfNumberAt = 8;
    private const uint AssignToSecondary = 8;
    private const uint Online = 9;
    private const uint Queues = 0 << 8;
    private const uint Interrupts = 1 << 8;

    /// <summary>Gives each enabled VF of a PF an admin queue pair, one for I/O and a vector, and brings it online.</summary>
    internal static void BringOnline(PciFunction pf)
    {
        using var controller = FileDescriptor.Open($"/dev/{NameOf(pf)}", OpenMode.ReadWrite);
        foreach (var id in Secondaries(controller).Take(pf.VirtualFunctions.Count))
        {
            Manage(controller, id, AssignToSecondary | Queues, 2);
            Manage(controller, id, AssignToSecondary | Interrupts, 1);
            Manage(controller, id, Online, 0);
        }
    }

    /// <summary>The block device of the disk that a PF has, and its VFs see.</summary>
    internal static string DiskOf(PciFunction pf) => $"/dev/{NameOf(pf)}n1";

    private static string NameOf(PciFunction pf) => Path.GetFileName(Assert.Single(Directory.GetDirectories($"/sys/bus/pci/devices/{pf.Address}/nvme")));

    // By the number of their VFs.
    private static IEnumerable<ushort> Secondaries(FileDescriptor controller)
    {
        var list = new byte[ListBytes];
        Execute(controller, new NvmeAdminCommand { Opcode = Identify, Cdw10 = SecondaryControllerList }, list);
        return Enumerable.Range(0, list[0])
            .Select(number => list.AsMemory(EntryBytes * (1 + number), EntryBytes))
            .OrderBy(static entry => BinaryPrimitives.ReadUInt16LittleEndian(entry.Span[VfNumberAt..]))
            .Select(static entry => BinaryPrimitives.ReadUInt16LittleEndian(entry.Span));
    }

    private static void Manage(FileDescriptor controller, ushort secondary, uint action, uint resources) =>
        Execute(controller, new NvmeAdminCommand { Opcode = VirtualizationManagement, Cdw10 = action | ((uint)secondary << 16), Cdw11 = resources }, []);

    private static unsafe void Execute(FileDescriptor controller, NvmeAdminCommand command, Span<byte> data)
    {
        fixed (byte* address = data)
        {
            command.Address = (ulong)address;
            command.DataLength = (uint)data.Length;
            var status = Ioctl.Call(controller, ref command);
            if (status != 0) throw new InvalidOperationException($"{controller}: admin command 0x{command.Opcode:x2}, cdw10 0x{command.Cdw10:x}, ended with status 0x{status:x}.");
        }
    }
}
