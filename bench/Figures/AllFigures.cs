using Devices.Bench.Measuring;

namespace Devices.Bench.Figures;

/// <summary>What is measured, in the order of the report.</summary>
internal static class AllFigures
{
    // No guest: this machine.
    private const string Here = "here";
    private const string Devices = "devices";
    private const string Vfs = "vfs";
    private const string Many = "many";
    private const string VfioPci = "vfio-pci";
    private const int BroughtUp = 64;
    private const int Most = 1016;

    internal static IReadOnlyList<Figure> All { get; } =
    [
        new("inventory", $"An inventory of {Most} VFs", Many,
            [
                new(InventoryFigure.Cold, "dwords", Goal.ValueAtMost(2)),
                new(InventoryFigure.MadeAnew, "dwords", Goal.ValueAtMost(1)),
                new(InventoryFigure.Unchanged, "dwords", Goal.ValueAtMost(0)),
                new(InventoryFigure.Status, "dwords"),
                new(InventoryFigure.StatusSurplus, "dwords", Goal.ValueAtMost(0)),
                new(InventoryFigure.TimeFirst, "ms", Goal.RatioAtMost(0.1)),
                new(InventoryFigure.TimeAgain, "ms", Goal.RatioAtMost(0.1)),
                new(InventoryFigure.TimeOfCommand, "ms", Goal.RatioAtMost(0.1)),
            ],
            InventoryFigure.Measure, new Peer(Lspci.Name, InventoryFigure.MeasurePeer)) { Vfs = [Most] },
        new("scale", "The cost as VFs grow", Many,
            [
                new(ScaleFigure.Time, "ms", Goal.ValueAtMost(1)),
                new(ScaleFigure.Dwords, "dwords", Goal.ValueAtMost(1)),
                new(ScaleFigure.Memory, "B", Goal.ValueAtMost(1)),
            ],
            ScaleFigure.Measure, new Peer(Lspci.Name, ScaleFigure.MeasurePeer)) { Vfs = [1, 8, 64, 254, 508, Most] },
        new("cached-read", "A dword of configuration space, cached; on this machine itself", Here,
            [new(CachedReadFigure.Raw, "ns", Goal.ValueAtMost(10)), new(CachedReadFigure.Allocated(CachedReadFigure.Raw), "B", Goal.ValueAtMost(0))],
            CachedReadFigure.MeasureHere, new Peer("C, pread", CachedReadFigure.MeasurePeerHere)),
        new("cached-read-vf", "A dword of a VF's configuration space, cached", Vfs,
            [
                new(CachedReadFigure.Raw, "ns"),
                new(CachedReadFigure.Vfio, "ns"),
                new(CachedReadFigure.Allocated(CachedReadFigure.Raw), "B", Goal.ValueAtMost(0)),
                new(CachedReadFigure.Allocated(CachedReadFigure.Vfio), "B", Goal.ValueAtMost(0)),
            ],
            CachedReadFigure.MeasureVf, new Peer("C, pread", CachedReadFigure.MeasurePeerOnVf)) { Vfs = [1], VfDriver = VfioPci },
        new("vm-start", "The reads of a VM's start that was recorded (published for the kernel's RFC: 49 % hits, 81 % over a kexec)", Here, VmStartFigure.Cases,
            VmStartFigure.Measure, new Peer("no cache", VmStartFigure.MeasurePeer)),
        new("bring-up", $"{BroughtUp} VFs opened side by side", Vfs, BringUp(Goal.RatioAtMost(1.1)),
            BringUpFigure.Measure, new Peer("the kernel's vfio_pci_device_init_perf_test", BringUpFigure.MeasureSelfTest)) { Vfs = [BroughtUp], VfDriver = VfioPci },
        new("bring-up-serial", $"{BroughtUp} VFs opened side by side, and one after the other", Vfs, BringUp(Goal.RatioAtMost(1.0 / 7)),
            BringUpFigure.Measure, new Peer("one after the other", BringUpFigure.MeasureSerially)) { Vfs = [BroughtUp], VfDriver = VfioPci },
        new("map", "Map and unmap 1 GiB for a device", Devices, [.. MapFigure.Cases.Select(static name => new Case(name, "GiB/s", Goal.RatioAtLeast(0.98)))],
            MapFigure.Measure, new Peer("C with the same ioctls", static report => MeasuringProcess.RunPeer("map", Rig.Edu.Address.ToString(), report))),
        new("interrupt", "From an interrupt to its handler", Devices,
            [new("median", "µs", Goal.RatioAtMost(1.1)), new("99th percentile", "µs", Goal.RatioAtMost(1.1)), new("allocated by the handler", "B", Goal.ValueAtMost(0))],
            InterruptFigure.Measure, new Peer("C with epoll", static report => MeasuringProcess.RunPeer("interrupt", Rig.Edu.Address.ToString(), report))),
        new("nvme", "NVMe, random reads of 4 KiB", Devices, Reads(0.95),
            NvmeFigure.Measure, new Peer("a minimal driver in C over VFIO, with the same queues", static report => MeasuringProcess.RunPeer("nvme_read", Rig.Nvme.Address.ToString(), report))),
        new("nvme-native", "NVMe, random reads of 4 KiB, by the kernel's driver", Devices, Reads(1), NvmeFigure.Measure, new Peer("fio with io_uring", FioPeer.Measure)),
    ];

    internal static Figure Named(string name)
        => All.FirstOrDefault(figure => figure.Name == name) ?? throw new ArgumentException($"No figure is called {name}: {string.Join(", ", All.Select(static figure => figure.Name))}.", nameof(name));

    private static IReadOnlyList<Case> BringUp(Goal goal)
        => [new(BringUpFigure.First, "ms", goal), new(BringUpFigure.Again, "ms", goal), new(BringUpFigure.Close, "ms"), new(BringUpFigure.CloseAgain, "ms")];

    private static IReadOnlyList<Case> Reads(double goal)
        => [new("queue depth 1", "reads/s", Goal.RatioAtLeast(goal)), new("queue depth 32", "reads/s", Goal.RatioAtLeast(goal))];
}
