using System.Diagnostics;
using System.Globalization;
using Devices.HwTests.Lab;
using Devices.HwTests.Runner;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using LabKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Endurance;

/// <summary>
/// Many kexecs in a row under the same devices and memory: run in each kernel, beside a keeper. What came over is verified, all of it; then everything is written anew and
/// the next kexec follows. Whatever differs ends the run.
/// </summary>
internal sealed class EnduranceRun
{
    internal const string KeeperSocket = "/run/devkeep-endure/keeper.sock";

    // Rounds that are read back from the disks in each kernel: all of them up to so many, then the newest and others in turn.
    private const int MostReadBack = 32;
    private const int NewestReadBack = 16;
    private static readonly TimeSpan s_keeperLimit = TimeSpan.FromSeconds(60);

    private readonly EnduranceOptions _options;
    private readonly string _results;
    private readonly KeeperClient _keeper;
    private readonly StepTimes _steps;

    private EnduranceRun(EnduranceOptions options, string results, StepTimes steps)
    {
        _options = options;
        _results = results;
        _steps = steps;
        _keeper = Connect();
        steps.Done("keeper");
    }

    internal static int Run(ReadOnlySpan<string> arguments)
    {
        var steps = new StepTimes();
        var options = EnduranceOptions.Parse(arguments);
        if (!Rig.IsGuest) throw new UsageException("it overwrites disks and replaces kernels: run it by lab/run endure");
        var run = new EnduranceRun(options, Environment.GetEnvironmentVariable("DEVKEEP_RESULTS") ?? throw new UsageException("DEVKEEP_RESULTS is not set"), steps);
        try
        {
            if (Environment.GetEnvironmentVariable("DEVKEEP_PHASE") == "before") run.Start();
            else run.GoOn();
            return 0;
        }
        catch (EnduranceException failure)
        {
            Console.WriteLine($"FAILED: {failure.Message}");
            return 1;
        }
    }

    private void Start()
    {
        var seed = (ulong)Random.Shared.NextInt64();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed 0x{seed:x16}, {_options.Rounds} kexecs"));
        var set = KeptSet.Start(_keeper, _options, seed);
        Jump(set, 1, seed);
    }

    private void GoOn()
    {
        var note = EnduranceNote.Load(_results);
        _steps.Done("note");
        if (KeptSet.HasVfs) NvmePfs.Bind();
        _steps.Done("PF driver");
        var arrived = ArrivedSession.Open(_keeper, SessionOf(note.Round));
        _steps.Done("open");
        var verified = arrived.Verify();
        _steps.Done("verify");
        verified.Progress = _steps.Done;
        var restored = verified.Restore();
        _steps.Done("restore");
        var set = KeptSet.Arrive(_options, note.Seed);
        var resumed = restored.Resume(set.Continue);
        _steps.Done("resume");
        using var self = Process.GetCurrentProcess();
        var (user, system) = (self.UserProcessorTime, self.PrivilegedProcessorTime);

        set.Resumed(_keeper, resumed, restored.Devices[0]);
        var result = Verify(set, restored, note) with
        {
            BlackoutMs = BlackoutMs.Of(resumed.Blackout),
            StepsMs = _steps.Milliseconds,
            UserMs = user.TotalMilliseconds,
            SystemMs = system.TotalMilliseconds,
        };
        resumed.Finish();
        foreach (var device in restored.Devices)
            EnduranceException.Require(PciFunction.Open(device.Address).ResetMethods is { HasFile: false } or { IsCleared: false }, $"{device.Address}: its reset methods are not the kernel's again");
        result = result with { AvailableKiB = AvailableKiB() };
        result.Append(_results);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {note.Round}: {result.MemoryBytes >> 20} MiB of memory, {result.DiskBytes >> 20} MiB of {result.RoundsReadBack} rounds on disk, {result.InFlight} in flight at the freeze; blackout {result.BlackoutMs.Total:f0} ms, the toolkit's {result.BlackoutMs.Toolkit:f0} ms"));
        if (note.Round < _options.Rounds) Jump(set, note.Round + 1, note.Seed);
    }

    private RoundResult Verify(KeptSet set, RestoredSession restored, EnduranceNote note)
    {
        var tiers = restored.Devices.ToDictionary(static device => device.Address.ToString(), static device => device.Tier.ToString());
        EnduranceException.Require(
            tiers.Count == note.Devices.Count && note.Devices.All(device => tiers.GetValueOrDefault(device.Key) == device.Value),
            $"round {note.Round}: kept were {Text(note.Devices)}, there are {Text(tiers)}");
        EnduranceException.Require(set.Ledger.Round == note.Round, $"the memory by name is of round {set.Ledger.Round}, and this is {note.Round}");
        set.VerifyDevices(note.Round);
        foreach (var region in set.Regions) region.Verify(note.Round);

        var disks = set.Controllers.SelectMany(static nvme => nvme.Disks.Select((disk, queue) => (disk, Number: nvme.FirstQueue + queue))).ToList();
        var rounds = ReadBack(note.Round);
        ulong bytes = 0, writes = 0;
        foreach (var (disk, number) in disks)
        {
            foreach (var round in rounds) bytes += disk.VerifyRound(round);
            var until = set.Ledger[number].Writes;
            writes += until;
            bytes += disk.VerifySlots(note.Round, until);
        }

        return new RoundResult(
            note.Round,
            _options.Rounds,
            tiers.Values.CountBy(static tier => tier).ToDictionary(),
            set.Regions.Aggregate(0UL, static (sum, region) => sum + region.Length),
            bytes,
            disks.Count > 0 ? rounds.Count : 0,
            set.Ledger.InFlight,
            writes,
            Math.Round(set.Ledger.Freeze.TotalMilliseconds, 1),
            BlackoutMs: null!,
            StepsMs: null!,
            UserMs: 0,
            SystemMs: 0,
            note.PreserveMs,
            AvailableKiB: 0,
            File.ReadAllText("/proc/cmdline").Length);
    }

    private void Jump(KeptSet set, int round, ulong seed)
    {
        set.Write(round);
        foreach (var nvme in set.Controllers) nvme.AwaitWrites();
        var plan = PreservationPlan.Create(new PreservationRequest
        {
            Session = SessionOf(round),
            Keeper = _keeper,
            NextKernel = new(LabKernel.ImagePath) { Parameters = [new KernelParameter("devkeep.phase", "after")] },
            Devices = set.Devices,
            Memory = set.Memory,
        });
        var start = Stopwatch.GetTimestamp();
        var preserved = plan.Preserve();
        var tiers = plan.Report.Tiers.ToDictionary(static tier => tier.Address.ToString(), static tier => tier.Tier.ToString());
        EnduranceException.Require(
            set.Devices.All(device => device.Driver is null || tiers[device.Device.Address.ToString()] == nameof(PreservationTier.Warm)),
            $"round {round}: not all devices can be kept warm: {Text(tiers)}");
        new EnduranceNote(round, seed, tiers, Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1)).Save(_results);
        set.Ledger.InFlight = 0;
        var frozen = preserved.Freeze();
        set.Ledger.Freeze = frozen.FrozenFor;
        frozen.Jump();
    }

    private static List<int> ReadBack(int newest)
    {
        var all = Enumerable.Range(1, newest).ToList();
        if (newest <= MostReadBack) return all;
        // By turns: each of the older ones comes up once in so many rounds as there are to share the places.
        var older = newest - NewestReadBack;
        return [.. Enumerable.Range(0, MostReadBack - NewestReadBack).Select(place => 1 + (((newest * (MostReadBack - NewestReadBack)) + place) % older)).Distinct(), .. all.TakeLast(NewestReadBack)];
    }

    private static KeeperClient Connect()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return KeeperClient.Connect(KeeperSocket);
            }
            catch (Exception failure) when (failure is KeeperException or LinuxException && Stopwatch.GetElapsedTime(start) < s_keeperLimit)
            {
                Thread.Sleep(5);
            }
        }
    }

    private static SessionName SessionOf(int round) => new($"endure-{round}");

    private static string Text(IReadOnlyDictionary<string, string> tiers) => string.Join(", ", tiers.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key} {pair.Value}"));

    private static long AvailableKiB()
    {
        var line = File.ReadLines("/proc/meminfo").First(static line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
