using System.Diagnostics;
using System.Globalization;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Bench.Figures;

/// <summary>What it costs to carry 1 GiB over a kexec, by the size of its pages: run once in each kernel. The kernel does it all: there is no peer.</summary>
internal static class KexecMemory
{
    private const long Gib = 1L << 30;
    private static readonly SessionName s_session = new("devkeep-bench");
    private static readonly (string Name, FdToken Token, bool Huge)[] s_kinds = [("4 KiB pages", new FdToken(1), false), ("huge shmem pages", new FdToken(2), true)];

    internal static int Before()
    {
        using var orchestrator = LiveUpdateOrchestrator.Open();
        var outgoing = orchestrator.CreateSession(s_session);
        foreach (var (name, token, huge) in s_kinds)
        {
            var memory = MemFd.Create(name, Gib);
            using (var mapping = memory.Map())
            {
                if (huge) mapping.Advise(MemoryAdvice.HugePage);
                mapping.Advise(MemoryAdvice.PopulateWrite);
                mapping.WriteUInt64(0, token.Value);
            }

            var start = Stopwatch.GetTimestamp();
            outgoing.Preserve(memory.Fd, token);
            Report($"preserve, {name}", Stopwatch.GetElapsedTime(start));
        }

        using var image = KernelImage.Open(Environment.GetEnvironmentVariable("DEVKEEP_LAB_KERNEL") ?? throw new InvalidOperationException("DEVKEEP_LAB_KERNEL names no kernel image: run this by lab/run bench."));
        Kexec.Load(image, KernelCommandLine.ForNextKernel(KernelCommandLine.ReadRunning()).With("devkeep.phase", "after"));
        Kexec.Jump();
        return 1;
    }

    internal static int After()
    {
        using var orchestrator = LiveUpdateOrchestrator.Open();
        var incoming = orchestrator.RetrieveSession(s_session);
        foreach (var (name, token, _) in s_kinds)
        {
            var start = Stopwatch.GetTimestamp();
            using var memory = MemFd.Adopt(incoming.Retrieve(token));
            Report($"retrieve, {name}", Stopwatch.GetElapsedTime(start));
            using var mapping = memory.Map();
            if (mapping.ReadUInt64(0) != token.Value) throw new InvalidDataException($"{name}: the memory is not what was preserved.");
        }

        incoming.Finish();
        return 0;
    }

    private static void Report(string what, TimeSpan time) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.TotalMilliseconds:f1} ms/GiB"));
}
