using System.Buffers.Binary;
using System.IO.Compression;
using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.HwTests.Preservation;

/// <summary>What the preflight refuses on a real machine, before anything is touched.</summary>
public sealed class PreflightTests : IDisposable
{
    private const string Image = "next kernel's image";
    private readonly InProcessKeeper _keeper = new();
    private readonly KeptNvme _nvme;

    public PreflightTests()
    {
        KeptNvme.RequireGuest();
        _nvme = new KeptNvme();
    }

    private PreservationRequest Request => _nvme.Request(_keeper);

    public void Dispose()
    {
        // Nothing that was refused has left anything behind.
        Assert.Empty(_keeper.List());
        Assert.Empty(_keeper.Status().Sessions);
        Assert.False(Kexec.IsLoaded);
        KeptNvme.Write(_nvme.Controller, round: 0);
        KeptNvme.Check(_nvme.Controller, round: 0);
        _nvme.Dispose();
    }

    [SkippableFact]
    public void A_request_that_can_be_kept_is_not_refused() => Assert.Equal([], Preflighter.Check(Request).Refusals);

    [SkippableFact]
    public void The_next_kernel_s_image_must_be_one_with_live_update()
    {
        Refused(Image, "/tmp/no-such-image", Request with { NextKernel = new Devices.Preservation.NextKernel("/tmp/no-such-image") });
        Refused(Image, Environment.ProcessPath!, Request with { NextKernel = new Devices.Preservation.NextKernel(Environment.ProcessPath!) });

        const string Plain = "/tmp/kernel-without-live-update";
        try
        {
            File.WriteAllBytes(Plain, KernelWithoutLiveUpdate());
            Assert.Contains("no Live Update Orchestrator", Refused(Image, Plain, Request with { NextKernel = new Devices.Preservation.NextKernel(Plain) }).Reason, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(Plain);
        }

        Refused("next kernel's initrd", "/tmp/no-such-initrd", Request with { NextKernel = KeptNvme.Next with { InitrdPath = "/tmp/no-such-initrd" } });
    }

    [SkippableFact]
    public void The_next_command_line_must_keep_what_is_kept()
    {
        foreach (var (missing, line) in new[]
        {
            ("kho=on", "liveupdate=on vfio-pci.ids=1b36:0010 vfio_pci.disable_idle_d3=1"),
            ("liveupdate=on", "kho=on vfio-pci.ids=1b36:0010 vfio_pci.disable_idle_d3=1"),
            ("vfio-pci.ids", "kho=on liveupdate=on vfio_pci.disable_idle_d3=1"),
            ("vfio_pci.disable_idle_d3", "kho=on liveupdate=on vfio-pci.ids=1b36:0010"),
        })
        {
            var report = Preflighter.Check(Request with { NextKernel = KeptNvme.Next with { CommandLine = KernelCommandLine.Parse(line) } });
            Assert.Contains(report.Refusals, finding => finding.Check == "next kernel's command line" && finding.Reason.Contains(missing, StringComparison.Ordinal));
        }
    }

    [SkippableFact]
    public void What_is_mapped_must_be_sealed_memfds_of_the_request()
    {
        using (var anonymous = MemoryMapping.Anonymous((nuint)PageSize.Bytes))
        {
            using var mapping = _nvme.Ioas.Map(anonymous, new Iova(0x3000_0000), DmaAccess.ReadWrite);
            Assert.Contains("this process's memory", Refused("memory", $"{_nvme.Ioas}, {mapping.Range}", Request).Reason, StringComparison.Ordinal);
        }

        using (var stranger = DmaMemory.Allocate(_nvme.Ioas, "stranger", (ulong)PageSize.Bytes, new Iova(0x3000_0000)))
            Assert.Contains("not among the memory to keep", Refused("memory", $"{_nvme.Ioas}, {stranger.Mapping.Range}", Request).Reason, StringComparison.Ordinal);

        using (var unsealed = MemFd.Create("unsealed", PageSize.Bytes, MemFdSeals.None))
            Assert.Contains("seals", Refused("memory", "loose", Adding("loose", unsealed)).Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Hugetlb_memory_is_refused()
    {
        const string Pool = "/proc/sys/vm/nr_hugepages";
        var before = File.ReadAllText(Pool);
        try
        {
            File.WriteAllText(Pool, "1");
            using var huge = MemFd.Create("huge", 2 << 20, MemFdSeals.FixedSize, hugeTlb: true);
            Assert.Contains("hugetlb", Refused("memory", "huge", Adding("huge", huge)).Reason, StringComparison.Ordinal);
        }
        finally
        {
            File.WriteAllText(Pool, before);
        }
    }

    [SkippableFact]
    public void A_sparse_memory_that_does_not_fit_is_refused()
    {
        using var sparse = MemFd.Create("sparse", 1L << 40);
        Assert.Contains("holes", Refused("memory", "system", Adding("sparse", sparse)).Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_device_of_another_driver_is_refused()
    {
        var port = PciFunction.EnumerateAll().First(static function => function.Driver == "pcieport");
        var refusal = Assert.Single(Preflighter.Check(KeptNvme.Next, [port]).Refusals, static finding => finding.Check == "driver");
        Assert.Equal(port.Address.ToString(), refusal.Subject);
        Assert.Contains("pcieport", refusal.Reason, StringComparison.Ordinal);

        var unbound = PciFunction.Open(PciAddress.Parse(Rig.ById("1234:11e8")[0]));
        refusal = Assert.Single(Preflighter.Check(KeptNvme.Next, [unbound]).Refusals);
        Assert.Equal(("driver", unbound.Address.ToString(), "No driver is bound to it."), (refusal.Check, refusal.Subject, refusal.Reason));
    }

    [SkippableFact]
    public void Another_function_of_the_slot_in_other_hands_is_refused()
    {
        var function = PciFunction.EnumerateAll().First(static function => function.SlotPeers.Count > 0);
        var peer = function.SlotPeers.Select(static address => PciFunction.Open(address)).First(static peer => peer.Driver is null);
        new DriverBinding().Bind(peer, "vfio-pci");
        try
        {
            var refusal = Assert.Single(Preflighter.Check(KeptNvme.Next, [function]).Refusals, finding => finding.Check == "slot" && finding.Reason.Contains($"{peer.Address}", StringComparison.Ordinal));
            Assert.Equal(function.Address.ToString(), refusal.Subject);
            // Whoever is kept with it is not in other hands, and a reset of the slot is no matter to what is reset anyway.
            Assert.DoesNotContain(Preflighter.Check(KeptNvme.Next, [function, peer]).Refusals, finding => finding.Check == "slot" && finding.Reason.Contains($"{peer.Address}", StringComparison.Ordinal));
            Assert.DoesNotContain(Preflighter.Check(KeptNvme.Next, [function], atMost: PreservationTier.Cold).Refusals, static finding => finding.Check == "slot");
        }
        finally
        {
            KeptNvme.Release(peer.Address);
        }
    }

    [SkippableFact]
    public void Who_holds_the_orchestrator_is_named()
    {
        using var held = FileDescriptor.Open("/dev/liveupdate", OpenMode.ReadWrite);
        Assert.Contains($"(pid {Environment.ProcessId})", Refused("/dev/liveupdate", "system", Request).Reason, StringComparison.Ordinal);
    }

    private PreservationRequest Adding(string name, MemFd file) => Request with { Memory = [.. Request.Memory, new KeptMemory(name, file)] };

    private static PreflightFinding Refused(string check, string subject, PreservationRequest request)
    {
        var failure = Assert.Throws<PreflightException>(() => PreservationPlan.Create(request));
        var refusal = Assert.Single(failure.Report.Refusals, finding => finding.Check == check && finding.Subject == subject);
        Assert.Contains(refusal.ToString(), failure.Message, StringComparison.Ordinal);
        return refusal;
    }

    /// <summary>The setup header of the x86 boot protocol with a gzipped kernel behind it that has none of the handover's strings.</summary>
    private static byte[] KernelWithoutLiveUpdate()
    {
        const int Setup = 5 * 512;
        const int PayloadAt = 0x2c4;
        using var payload = new MemoryStream();
        using (var gzip = new GZipStream(payload, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write([.. "\u007fELF"u8, .. new byte[1 << 20]]);
        var image = new byte[(Setup + PayloadAt + (int)payload.Length + 15) / 16 * 16];
        image[0x1f1] = (Setup / 512) - 1;
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x1f4), (uint)(image.Length - Setup) / 16);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x1fe), 0xaa55);
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x206), 0x020f);
        image[0x211] = 1; // loaded high
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x230), 0x200000);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x236), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x238), 2047);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x248), PayloadAt);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x24c), (uint)payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(0x258), 0x1000000);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x260), 0x16c7000);
        payload.ToArray().CopyTo(image, Setup + PayloadAt);
        return image;
    }
}
