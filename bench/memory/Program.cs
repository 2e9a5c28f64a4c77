using System.Diagnostics;
using System.Globalization;
using Devices.Linux;
using Devices.LiveUpdate;

// What it costs to carry memory over a kexec, by the size of its pages: run as "before" in one kernel and as "after" in the next (lab/run bench).
const long Gib = 1L << 30;
var session = new SessionName("devkeep-bench");
var kinds = new[] { (Name: "4 KiB pages", Token: new FdToken(1), Huge: false), (Name: "huge shmem pages", Token: new FdToken(2), Huge: true) };
if (args is ["before"]) return Before();
if (args is ["after"]) return After();
Console.Error.WriteLine("usage: Devices.Bench.Memory before|after");
return 2;

int Before()
{
    using var orchestrator = LiveUpdateOrchestrator.Open();
    var outgoing = orchestrator.CreateSession(session);
    foreach (var (name, token, huge) in kinds)
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

int After()
{
    using var orchestrator = LiveUpdateOrchestrator.Open();
    var incoming = orchestrator.RetrieveSession(session);
    foreach (var (name, token, _) in kinds)
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

static void Report(string what, TimeSpan time) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.TotalMilliseconds:f1} ms/GiB"));
