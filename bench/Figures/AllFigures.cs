using Devices.Bench.Measuring;

namespace Devices.Bench.Figures;

/// <summary>What is measured, in the order of the report.</summary>
internal static class AllFigures
{
    internal static IReadOnlyList<Figure> All { get; } =
    [
        new("map", "Map and unmap 1 GiB for a device", "GiB/s", MoreIsBetter: true, 0.98, "C with the same ioctls", MapFigure.Measure,
            static report => MeasuringProcess.RunPeer("map", Rig.Edu.Address.ToString(), report)),
        new("interrupt", "From an interrupt to its handler", "µs", MoreIsBetter: false, 1.1, "C with epoll", InterruptFigure.Measure,
            static report => MeasuringProcess.RunPeer("interrupt", Rig.Edu.Address.ToString(), report)),
        new("nvme", "NVMe, random reads of 4 KiB", "reads/s", MoreIsBetter: true, 0.95, "a minimal driver in C over VFIO, with the same queues", NvmeFigure.Measure,
            static report => MeasuringProcess.RunPeer("nvme_read", Rig.Nvme.Address.ToString(), report)),
        new("nvme-native", "NVMe, random reads of 4 KiB, by the kernel's driver", "reads/s", MoreIsBetter: true, 1.0, "fio with io_uring", NvmeFigure.Measure, FioPeer.Measure),
    ];

    internal static Figure Named(string name)
        => All.FirstOrDefault(figure => figure.Name == name) ?? throw new ArgumentException($"No figure is called {name}: {string.Join(", ", All.Select(static figure => figure.Name))}.", nameof(name));
}
