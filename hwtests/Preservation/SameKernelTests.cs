using Devices.Drivers;
using Devices.HwTests.LiveUpdate;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.HwTests.Preservation;

/// <summary>A kernel that is not replaced after all, a worker that dies before it is, and a keeper that dies with it.</summary>
public sealed class SameKernelTests : IDisposable
{
    private const string KeeperSocket = "/run/devkeep-test-same-kernel/keeper.sock";

    public SameKernelTests() => KeptNvme.RequireGuest();

    public void Dispose()
    {
        if (Kexec.IsLoaded) Kexec.Unload();
    }

    [SkippableFact]
    public void With_no_kernel_loaded_the_jump_is_refused_and_after_the_thaw_io_goes_on()
    {
        var keeper = new InProcessKeeper();
        using var nvme = new KeptNvme();
        var plan = PreservationPlan.Create(nvme.Request(keeper));
        var preserved = plan.Preserve();
        Taken(nameof(plan.Preserve), () => plan.Preserve());
        KeptNvme.Write(nvme.Controller, round: 0);
        Assert.Contains("very kernel", Assert.Throws<SessionStateException>(() => ArrivedSession.Open(keeper, KeptNvme.Session)).Message, StringComparison.Ordinal);

        var frozen = preserved.Freeze();
        Assert.True(nvme.Controller.IsQuiesced);
        Taken(nameof(preserved.Freeze), () => preserved.Freeze());
        Taken(nameof(preserved.Freeze), preserved.Discard);

        Kexec.Unload();
        var refusal = Assert.Throws<LinuxException>(frozen.Jump);
        Assert.Equal(Errno.EINVAL, refusal.Errno);
        Assert.Contains("reboot", refusal.Call, StringComparison.Ordinal);
        Assert.Contains("No kernel is loaded", refusal.Message, StringComparison.Ordinal);
        Assert.True(nvme.Controller.IsQuiesced);

        Assert.Same(preserved, frozen.Thaw());
        Taken(nameof(frozen.Thaw), frozen.Jump);
        KeptNvme.Check(nvme.Controller, round: 0);
        KeptNvme.Write(nvme.Controller, round: 1);

        // A freeze that could not end in a jump is refused before the devices come to rest.
        Assert.Contains("No kernel is loaded", Assert.Throws<InvalidOperationException>(() => preserved.Freeze()).Message, StringComparison.Ordinal);
        KeptNvme.Check(nvme.Controller, round: 1);

        preserved.Discard();
        Assert.Empty(keeper.List());
        Assert.Empty(keeper.Status().Sessions);
        KeptNvme.Write(nvme.Controller, round: 2);
        KeptNvme.Check(nvme.Controller, round: 2);

        // What was given up can be preserved again.
        PreservationPlan.Create(nvme.Request(keeper)).Preserve().Discard();
        Assert.False(Kexec.IsLoaded);
    }

    [SkippableFact]
    public void A_preserve_that_thekeeper_refuses_is_undone()
    {
        var keeper = new InProcessKeeper();
        using var nvme = new KeptNvme();
        var plan = PreservationPlan.Create(nvme.Request(keeper));
        keeper.CreateSession(KeptNvme.Session);
        Assert.ThrowsAny<Exception>(() => plan.Preserve());
        Assert.Empty(keeper.List());
        keeper.Discard(KeptNvme.Session);
        plan.Preserve().Discard();
        KeptNvme.Write(nvme.Controller, round: 0);
        KeptNvme.Check(nvme.Controller, round: 0);
    }

    [SkippableTheory]
    [InlineData(WorkerProcess.Preserve)]
    [InlineData(WorkerProcess.Freeze)]
    public void A_worker_that_is_killed_is_taken_over_from_without_a_new_bind(string job)
    {
        using var keeperProcess = KeeperProcess.Start(KeeperSocket);
        using var keeper = keeperProcess.Connect();
        using var worker = WorkerProcess.Start(job, keeperProcess);
        worker.Kill();

        NvmeController? nvme = null;
        var preserved = PreservedSession.TakeOver(keeper, KeptNvme.Session, device => nvme = KeptNvme.Continue(device));
        var evidence = nvme!.CheckNotReset();
        Assert.True(evidence.IsUnchanged, $"{evidence}");
        Assert.Equal(RecordPhase.Preserved, Record(keeper).Phase);
        KeptNvme.Check(nvme, round: 0);
        KeptNvme.Write(nvme, round: 1);
        KeptNvme.Check(nvme, round: 1);

        // It can go all the way, and back.
        var thawed = preserved.Freeze().Thaw();
        KeptNvme.Check(nvme, round: 1);
        thawed.Discard();
        Assert.Empty(keeper.List());
        var address = nvme.Address;
        nvme.Dispose();
        thawed.Devices[0].Device.Dispose();
        KeptNvme.Release(address);
    }

    [SkippableFact]
    public void Taking_over_what_nobody_preserved_is_refused()
        => Assert.Contains("no record", Assert.Throws<SessionStateException>(() => PreservedSession.TakeOver(new InProcessKeeper(), KeptNvme.Session, static _ => null)).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void Akeeper_killed_after_its_worker_leaves_a_device_that_the_kernel_has_reset()
    {
        using var keeperProcess = KeeperProcess.Start(KeeperSocket);
        using var keeper = keeperProcess.Connect();
        using var worker = WorkerProcess.Start(WorkerProcess.Preserve, keeperProcess);
        using var store = RecordStore.Open(keeper.Get(new KeeperNames(KeptNvme.Session).Record)!);
        var saved = Assert.Single(store.Read(out _).Devices);
        var function = PciFunction.Open(PciAddress.Parse(saved.Address));
        worker.Kill();
        keeperProcess.Kill();

        // Opened without a reset, it shows what the last close has done.
        function.ResetMethods.Clear();
        using (var context = Devices.Iommufd.IommuContext.Open())
        using (var cdev = VfioCdev.Open(function))
        using (var device = cdev.Bind(context))
        {
            var evidence = NvmeController.ReadResetEvidence(device, saved.Driver.State.Span);
            Assert.True(evidence.WasReset, $"{evidence}");
        }

        function.ResetMethods.RestoreDefault();
        KeptNvme.Release(function.Address);

        // The machine is sane: device, session and orchestrator are as if nothing had been.
        var another = new InProcessKeeper();
        using var nvme = new KeptNvme();
        KeptNvme.Check(nvme.Controller, round: 0);
        PreservationPlan.Create(nvme.Request(another)).Preserve().Discard();
    }

    private static RecordInspection Record(KeeperClient keeper)
    {
        using var file = MemFd.Adopt(keeper.Get(new KeeperNames(KeptNvme.Session).Record)!);
        var bytes = new byte[file.Length];
        file.Fd.ReadExactlyAt(bytes, 0);
        return RecordInspector.Inspect(bytes);
    }

    private static void Taken(string by, Action call)
        => Assert.Contains($"{by} has taken this step", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal);
}
