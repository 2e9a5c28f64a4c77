using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;

namespace Devices.HwTests.Cli;

/// <summary>sriov set and sriov list on QEMU's igb, with its native driver.</summary>
[Guest("sriov")]
public sealed class SriovCommandTests : IDisposable
{
    private readonly PciFunction _pf = BoundDevice.IgbFunction();

    public void Dispose()
    {
        _pf.Sriov!.Disable();
        new DriverBinding().Unbind(_pf);
    }

    [SkippableFact]
    public void Vfs_come_and_go_and_one_that_is_held_stays()
    {
        LabModules.LoadIgb();
        var pf = _pf.Address.ToString();
        Devkeep.Json("bind", pf, "--driver", "igb");

        var made = Devkeep.Json("sriov", "set", pf, "2");
        Assert.Equal(0, made.GetProperty("before").GetInt32());
        var vfs = made.GetProperty("physical_function").GetProperty("vfs").EnumerateArray().ToList();
        Assert.Equal(_pf.VirtualFunctions.Select(static vf => vf.ToString()), vfs.Select(static vf => vf.GetProperty("address").GetString()));
        Assert.All(vfs, static vf => Assert.Equal("vfio-pci", vf.GetProperty("driver").GetString()));
        Assert.Equal(2, Devkeep.Json("sriov", "list").GetProperty("physical_functions")[0].GetProperty("num_vfs").GetInt32());
        Assert.Equal(3, Devkeep.Json("list", "--pf", pf).GetProperty("devices").GetArrayLength());

        using (File.Open($"/dev/vfio/devices/{vfs[1].GetProperty("vfio").GetString()}", FileMode.Open, FileAccess.ReadWrite))
        {
            var (code, output, error) = Devkeep.Run("sriov", "set", pf, "0");
            Assert.Equal((1, string.Empty), (code, output));
            Assert.Contains($"(pid {Environment.ProcessId})", error, StringComparison.Ordinal);
            Assert.Equal(2, _pf.Sriov!.NumVfs);
        }

        var gone = Devkeep.Json("sriov", "set", pf, "0");
        Assert.Equal(2, gone.GetProperty("before").GetInt32());
        Assert.Equal(0, _pf.Sriov!.NumVfs);
    }
}
