namespace Devices.Bench.Measuring;

/// <summary>The kernel's NVMe driver: modules of the lab's kernel, not loaded unless a figure needs them.</summary>
internal static class NativeNvme
{
    internal const string Driver = "nvme";

    /// <summary>Loads it, if it is not loaded.</summary>
    internal static void Load()
    {
        if (Directory.Exists($"/sys/bus/pci/drivers/{Driver}")) return;
        var modules = Directory.EnumerateFiles(Environment.GetEnvironmentVariable("DEVKEEP_LAB_MODULES")!, "nvme*.ko", SearchOption.AllDirectories)
            .OrderByDescending(static path => path.EndsWith("core.ko", StringComparison.Ordinal));
        foreach (var module in modules) MeasuringProcess.Output("insmod", [module]);
    }
}
