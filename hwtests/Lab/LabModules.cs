using System.Diagnostics;

namespace Devices.HwTests.Lab;

/// <summary>Native drivers and samples: modules of the lab's kernel, of which none is loaded unless a test wants it.</summary>
internal static class LabModules
{
    /// <summary>Loads modules in the order given; one that is loaded already is passed over.</summary>
    /// <param name="paths">Below the modules' <c>kernel</c> directory: <c>drivers/nvme/host/nvme.ko</c>.</param>
    internal static void Load(params string[] paths)
    {
        Skip.IfNot(Rig.IsGuest, "only the lab's kernel surely has these modules");
        var modules = Directory.EnumerateDirectories(Environment.GetEnvironmentVariable("DEVKEEP_LAB_MODULES")!).Single();
        foreach (var path in paths)
        {
            if (Directory.Exists($"/sys/module/{Path.GetFileNameWithoutExtension(path).Replace('-', '_')}")) continue;
            using var insmod = Process.Start("insmod", [Path.Combine(modules, "kernel", path)]);
            insmod.WaitForExit();
            Assert.Equal(0, insmod.ExitCode);
        }
    }
}
