using System.Diagnostics;

namespace Devices.HwTests.Lab;

/// <summary>Native drivers and samples: modules of the lab's kernel, of which none is loaded unless a test wants it.</summary>
internal static class LabModules
{
    internal static void LoadNvme() => Load("drivers/nvme/host/nvme-core.ko", "drivers/nvme/host/nvme.ko");

    internal static void LoadIgb() => Load("drivers/i2c/i2c-core.ko", "drivers/i2c/algos/i2c-algo-bit.ko", "drivers/net/ethernet/intel/igb/igb.ko");

    internal static void LoadMtty() => Load("drivers/vfio/mdev/mdev.ko", "samples/vfio-mdev/mtty.ko");

    /// <summary>Whether a PF on vfio-pci may have VFs: the module's parameter.</summary>
    internal static void LetVfioPciMakeVfs(bool may) => File.WriteAllText("/sys/module/vfio_pci/parameters/enable_sriov", may ? "Y" : "N");

    /// <summary>Where a module is.</summary>
    /// <param name="path">Below the modules' <c>kernel</c> directory: <c>drivers/nvme/host/nvme.ko</c>.</param>
    internal static string PathOf(string path) =>
        Path.Combine(Directory.EnumerateDirectories(Environment.GetEnvironmentVariable("DEVKEEP_LAB_MODULES")!).Single(), "kernel", path);

    /// <summary>Loads modules in the order given; one that is loaded already is passed over.</summary>
    /// <param name="paths">As for <see cref="PathOf"/>.</param>
    private static void Load(params string[] paths)
    {
        Skip.IfNot(Rig.IsGuest, "only the lab's kernel surely has these modules");
        foreach (var path in paths)
        {
            if (Directory.Exists($"/sys/module/{Path.GetFileNameWithoutExtension(path).Replace('-', '_')}")) continue;
            using var insmod = Process.Start("insmod", [PathOf(path)]);
            insmod.WaitForExit();
            Assert.Equal(0, insmod.ExitCode);
        }
    }
}
