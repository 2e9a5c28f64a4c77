using System.Text.Json;
using Devices.Bench.Measuring;
using Devices.Pci;

namespace Devices.Bench.Figures;

/// <summary>fio with io_uring over the kernel's NVMe driver, on a second controller of the same kind.</summary>
internal static class FioPeer
{
    internal static void Measure(Action<string, double> report)
    {
        var disk = Disk();
        foreach (var depth in (ReadOnlySpan<int>)[1, 32])
        {
            var output = MeasuringProcess.Output(
                "fio", ["--name=read", $"--filename={disk}", "--size=512m", "--rw=randread", "--bs=4k", "--direct=1", "--ioengine=io_uring", $"--iodepth={depth}",
                    "--ramp_time=1", "--runtime=4", "--time_based", "--output-format=json"]);
            using var result = JsonDocument.Parse(string.Join('\n', output.SkipWhile(static line => !line.StartsWith('{'))));
            report($"queue depth {depth}", result.RootElement.GetProperty("jobs")[0].GetProperty("read").GetProperty("iops").GetDouble());
        }
    }

    /// <summary>The disk of a controller on the kernel's driver; one is given to it if there is none.</summary>
    private static string Disk()
    {
        var mine = Rig.Nvme.Address;
        var function = PciFunction.EnumerateAll().Last(static function => function.ClassCode.Value == 0x010802);
        if (function.Address == mine) throw new InvalidOperationException("The guest has one NVMe controller, and this takes two: run it by lab/run bench.");
        NativeNvme.Load();
        for (var i = 0; i < 100; i++)
        {
            var disks = Directory.EnumerateDirectories(function.SysfsPath, "nvme*n*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 });
            if (disks.FirstOrDefault(static disk => File.Exists(Path.Combine(disk, "size"))) is { } disk) return $"/dev/{Path.GetFileName(disk)}";
            Thread.Sleep(100);
        }

        throw new InvalidOperationException($"{function.Address} has no disk by the driver {NativeNvme.Driver}.");
    }
}
