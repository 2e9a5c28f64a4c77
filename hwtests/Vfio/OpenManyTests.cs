using System.Diagnostics;
using System.Globalization;
using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>127 VFs of an NVMe controller on its native driver: enabled, bound in one go, opened side by side. And three of another one.</summary>
[Guest("vfs"), Collection(NvmeVfsGroup.Name)]
public sealed class OpenManyTests : IDisposable
{
    private const int Many = 64;
    private const int Serial = 8;
    private const int Vectors = 1;
    private const ulong PageLength = 1 << 16;

    private readonly NvmeVfs _vfs;
    private readonly OpenMany _rig = new();

    public OpenManyTests(NvmeVfs vfs)
    {
        _vfs = vfs;
        _vfs.Make();
    }

    public void Dispose() => _rig.Dispose();

    [SkippableFact]
    public void All_vfs_are_bound_in_one_go()
    {
        Assert.Equal(127, _vfs.All.Count);
        Assert.Equal(_vfs.Pf.VirtualFunctions, _vfs.All.Select(static vf => vf.Address));
        Assert.All(_vfs.All, static vf => Assert.Equal("vfio-pci", vf.Driver));
        Assert.True(_vfs.Pf.Sriov!.DriversAutoprobe);
        Assert.Equal(_vfs.Progress.Order(), _vfs.Progress);
        Assert.Equal((SriovPhase.Binding, 127, 127), _vfs.Progress[^1]);

        // Once more is nothing to do.
        Assert.Empty(new DriverBinding().BindMany(_vfs.All, "vfio-pci"));
    }

    [SkippableFact]
    public void Many_are_opened_side_by_side()
    {
        var one = Time(Serial, parallelism: 1);
        var side = Time(Many, OpenManyOptions.DefaultParallelism);

        // Told, not judged: what an emulated guest does to times is no property of the code.
        Report($"{Serial} VFs one after the other {one.Open} ms, closed {one.Close} ms; {Many} side by side {side.Open} ms, closed {side.Close} ms");
    }

    [SkippableFact]
    public void Each_has_its_vectors_its_address_space_and_its_memory()
    {
        using var file = MemFd.Create("shared", (long)PageLength);
        var spaces = Enumerable.Range(0, Serial).Select(_ => _rig.Context.CreateIoas()).ToList();
        var requests = spaces.Select((space, i) => new DeviceToOpen(_vfs.All[i], space)
        {
            MsixVectors = Vectors,
            Prepare = opened => opened.Attachment.Ioas.MapFile(file, 0, PageLength, new Iova(0x10_0000), DmaAccess.ReadWrite),
        }).ToList();
        using (var devices = VfioDevice.OpenMany(requests))
        {
            Assert.Equal(requests.Select(static request => request.Function.Address), devices.Select(static device => device.Device.Address));
            foreach (var (i, device) in devices.Index())
            {
                Assert.Same(spaces[i], device.Attachment.Ioas);
                Assert.Single(spaces[i].Mappings);
                device.Device.Interrupts.Msix.TriggerAll();
                Assert.All(device.Vectors, static vector => Assert.True(vector.TryWait(TimeSpan.FromSeconds(5), out _)));
            }
        }

        Assert.All(spaces, static space => space.Destroy());
    }

    [SkippableFact]
    public void One_failure_leaves_nothing_open()
    {
        var bad = _vfs.All[2];
        new DriverBinding().Unbind(bad);
        try
        {
            var requests = _vfs.All.Take(5).Select(_rig.Request).ToList();
            var failure = Assert.Throws<FunctionFailuresException>(() => VfioDevice.OpenMany(requests));
            Assert.Equal(bad.Address, Assert.Single(failure.Failures).Address);
            Assert.Contains($"{bad.Address}: ", failure.Message, StringComparison.Ordinal);
            Assert.Empty(OpenDeviceFiles());
            Assert.Empty(_rig.Ioas.Holders);

            using (var some = VfioDevice.OpenMany(requests, new OpenManyOptions { AllowPartial = true }))
            {
                Assert.Equal(requests.Select(static request => request.Function.Address).Where(address => address != bad.Address), some.Select(static one => one.Device.Address));
                Assert.Equal(bad.Address, Assert.Single(some.Failures).Address);
                Assert.Equal(4, OpenDeviceFiles().Count);
            }

            Assert.Empty(OpenDeviceFiles());
        }
        finally
        {
            new DriverBinding().Bind(bad, "vfio-pci");
        }
    }

    [SkippableFact]
    public void What_prepares_a_device_can_fail_it()
    {
        var requests = _vfs.All.Take(3).Select(_rig.Request).ToList();
        requests[1] = requests[1] with { MsixVectors = Vectors, Prepare = static _ => throw new InvalidOperationException("no luck") };
        var failure = Assert.Throws<FunctionFailuresException>(() => VfioDevice.OpenMany(requests));
        Assert.Equal("no luck", Assert.Single(failure.Failures).Cause.Message);
        Assert.Empty(OpenDeviceFiles());
        Assert.Throws<ArgumentException>(() => VfioDevice.OpenMany([requests[0], requests[0]]));
    }

    [SkippableFact]
    public void Cancelling_closes_what_is_open()
    {
        using var cancelling = new CancellationTokenSource();
        var requests = _vfs.All.Take(6).Select(_rig.Request).ToList();
        var options = new OpenManyOptions { Parallelism = 2, Progress = done => { if (done == 2) cancelling.Cancel(); } };
        Assert.ThrowsAny<OperationCanceledException>(() => VfioDevice.OpenMany(requests, options, cancelling.Token));
        Assert.Empty(OpenDeviceFiles());
    }

    [SkippableFact]
    public void Several_pfs_lose_their_vfs_together()
    {
        var others = _vfs.Others;
        Assert.NotEmpty(others);
        foreach (var pf in others) pf.Sriov!.Enable(3, new SriovOptions { Driver = "vfio-pci" });
        Assert.Equal(others.Select(static pf => pf.Address.ToString()), SystemChecks.CheckVfs(others).Select(static finding => finding.Subject));
        var watch = Stopwatch.StartNew();
        Assert.Empty(SriovControl.DisableAll(others));
        Report($"{others.Count} PF: VFs disabled in {watch.ElapsedMilliseconds} ms");
        Assert.All(others, static pf => Assert.Empty(pf.VirtualFunctions));
        Assert.Empty(SystemChecks.CheckVfs(others));
    }

    private (long Open, long Close) Time(int count, int parallelism)
    {
        var watch = Stopwatch.StartNew();
        var devices = VfioDevice.OpenMany([.. _vfs.All.Take(count).Select(_rig.Request)], new OpenManyOptions { Parallelism = parallelism });
        var open = watch.ElapsedMilliseconds;
        Assert.Equal(count, devices.Count);
        Assert.All(devices, static device => Assert.Equal(0x1B36, device.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID)));
        watch.Restart();
        devices.Dispose();
        return (open, watch.ElapsedMilliseconds);
    }

    private static void Report(FormattableString line) => Console.WriteLine($"  {line.ToString(CultureInfo.InvariantCulture)}");

    private static List<string> OpenDeviceFiles() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(static link => new FileInfo(link).LinkTarget).OfType<string>().Where(static target => target.StartsWith("/dev/vfio/devices/", StringComparison.Ordinal))];
}
