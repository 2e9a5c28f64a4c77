using System.Diagnostics;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.HwTests.Runner;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.HwTests.Preservation;

/// <summary>A worker in a process of its own, which ends by SIGKILL: this program again, with the command <c>worker</c>.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>Preserves an NVMe controller and works on.</summary>
    internal const string Preserve = "preserve";

    /// <summary>Preserves it and freezes.</summary>
    internal const string Freeze = "freeze";

    /// <summary>Restores, and dies at a step of it.</summary>
    internal const string Restore = "restore";

    private const int Killed = 128 + 9;
    private const string Ready = "ready";
    private readonly TalkingProcess _process;

    private WorkerProcess(TalkingProcess process) => _process = process;

    /// <summary>Starts a worker and waits until it has come as far as its job says.</summary>
    internal static WorkerProcess Start(string job, KeeperProcess keeper)
    {
        var worker = new WorkerProcess(Launch(job, keeper));
        worker._process.Await(Ready);
        return worker;
    }

    /// <summary>Restores, and dies right after the first step of that name.</summary>
    /// <returns>Whether it came there, and died.</returns>
    internal static bool DiesRestoring(string step, KeeperProcess keeper)
    {
        using var process = Launch(Restore, keeper, step);
        return process.ExitCode == Killed;
    }

    /// <summary>Is the worker.</summary>
    internal static int Run(string job, string socket, ReadOnlySpan<string> rest)
    {
        using var keeper = KeeperClient.Connect(socket);
        switch (job)
        {
            case Preserve:
                BePreserved(keeper);
                break;
            case Freeze:
                BePreserved(keeper).Freeze();
                break;
            case Restore when rest is [var step]:
                RestoreUntil(step, keeper);
                return 0;
            default:
                throw new UsageException("no such job");
        }

        TalkingProcess.Say(Ready);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    internal void Kill() => _process.Kill();

    public void Dispose() => _process.Dispose();

    private static PreservedSession BePreserved(KeeperClient keeper)
    {
        var nvme = new KeptNvme();
        KeptNvme.Write(nvme.Controller, round: 0);
        return PreservationPlan.Create(nvme.Request(keeper)).Preserve();
    }

    private static void RestoreUntil(string step, KeeperClient keeper)
    {
        var verified = ArrivedSession.Open(keeper, KeptNvme.Session).Verify();
        verified.Progress = (name, _) =>
        {
            if (name != step) return;
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        };
        verified.Restore();
    }

    private static TalkingProcess Launch(string job, KeeperProcess keeper, params string[] rest) => TalkingProcess.StartSelf(["worker", job, keeper.SocketPath, .. rest]);
}
