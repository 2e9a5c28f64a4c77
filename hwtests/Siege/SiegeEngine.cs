using System.Diagnostics;
using Devices.Broker;
using Devices.HwTests.Broker;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Siege;

/// <summary>
/// devkeepd with a client whose device does DMA, and a keeper with a worker, of which one is killed at a random point, round after round; after each all that has to hold is looked at.
/// </summary>
internal sealed class SiegeEngine : IDisposable
{
    private const long ServiceMemory = 32 << 20;
    private const string KeeperSocket = "/run/devkeep-siege/keeper.sock";
    private const int LongestAtWork = 300; // ms
    private const int LongestReset = 600;
    private const int LongestOfWorker = 4000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly int[] s_users = [65534, 65533];
    private static readonly TimeSpan s_firstStart = TimeSpan.FromSeconds(3);

    private readonly Random _random;
    private readonly IommuFaults _iommuFaults = new();
    private readonly KernelCalls _resets = new(KernelCalls.FunctionLevelReset, "devkeep_siege_resets");
    private readonly BorrowedFunction _nvme = new(BoundDevice.NvmeFunction());
    private readonly ManagedDevkeepd _service;
    private readonly KeeperProcess _keeper = KeeperProcess.Start(KeeperSocket);
    private readonly SiegeModel _model = new();
    private readonly List<string> _faults = [];
    private BrokerCaller _observer;
    private readonly Dictionary<SiegeClientKind, TimeSpan> _starts = [];
    private SiegedProcess? _client;
    private SiegeClientKind _kind;
    private SiegedProcess _worker;
    private int _clients;

    internal SiegeEngine(int seed)
    {
        _random = new Random(seed);
        SiegeVmm.PutGuest();
        var rules = s_users.Select(user => $$"""{ "name": "vm-{{user}}", "user": "{{user}}", "devices": ["{{Nvme}}"], "memoryMiB": {{ServiceMemory >> 20}} }""");
        _service = new ManagedDevkeepd($$"""{ "rules": [ {{string.Join(", ", rules)}} ] }""");
        _observer = _service.Connect();
        using (_keeper.Connect())
        {
            // It serves.
        }

        _worker = StartWorker();
    }

    private PciAddress Nvme => _nvme.Function.Address;

    /// <summary>How many things the workers have done.</summary>
    internal int WorkersDid => _model.Done;

    /// <summary>Has the IOMMU report a fault, to see that it is seen.</summary>
    internal long ProvokeIommuFault() => _iommuFaults.Provoke();

    /// <summary>One round.</summary>
    internal SiegeRound Run(int number)
    {
        var victim = (SiegeVictim)_random.Next(Enum.GetValues<SiegeVictim>().Length);
        var iommuFaults = _iommuFaults.Count;
        _faults.Clear();
        var (after, outcome, back, resets) = victim switch
        {
            SiegeVictim.ClientStarting => KillClientStarting(),
            SiegeVictim.ClientAtWork => KillClient(),
            SiegeVictim.Service => KillService(),
            SiegeVictim.ServiceServing => KillServiceServing(),
            SiegeVictim.ServiceResetting => KillServiceResetting(),
            SiegeVictim.ClientWithoutService => KillClientWithoutService(),
            _ => KillWorker(),
        };
        Expect(_iommuFaults.Count == iommuFaults, $"{_iommuFaults.Count - iommuFaults} DMA faults: a device goes on with memory that is no longer its own");
        return new SiegeRound(number, victim, victim == SiegeVictim.Worker ? SiegeClientKind.None : _kind, after, outcome, back, resets, [.. _faults]);
    }

    /// <summary>After a round that could not be played to its end: all serve again, and nobody has the device.</summary>
    internal void Recover()
    {
        _client?.Dispose();
        _client = null;
        if (_service.IsRunning) _service.Kill();
        StartService();
        AwaitFree();
    }

    /// <summary>Ends all of it; the device has to be free then, and the store empty.</summary>
    internal IReadOnlyList<string> End()
    {
        _faults.Clear();
        _client?.Kill();
        AwaitFree();
        _ = Patience.Until(() => _service.Manager.Store.Count == 0, s_patience);
        Expect(_service.Manager.Store.Count == 0, $"{_service.Manager.Store.Count} descriptors are left in the service manager's store");
        Expect(_observer.Status().Clients.Count == 1, "clients are left that have ended");
        _worker.Kill();
        CheckKeeper();
        return [.. _faults];
    }

    public void Dispose()
    {
        _client?.Dispose();
        _worker.Dispose();
        _observer.Dispose();
        _service.Dispose();
        _keeper.Dispose();
        _nvme.Dispose();
        _resets.Dispose();
        _iommuFaults.Dispose();
    }

    private (int After, string Outcome, double Back, long Resets) KillClientStarting()
    {
        EndClient();
        var client = _client = StartClient();
        var after = Sleep((int)_starts.GetValueOrDefault(_kind, s_firstStart).TotalMilliseconds);
        var (back, resets) = Measure(() =>
        {
            client.Kill();
            AwaitFree();
        });
        var reached = client.Said.Count == 0 ? "nothing said" : client.Said[^1];
        // One when it was claimed may be before the kill.
        Expect(client.Said.Count == 0 || resets >= 2, $"{resets} resets after a client was killed that had said {reached}");
        EndClient();
        return (after, $"free after {reached}", back, resets);
    }

    private (int After, string Outcome, double Back, long Resets) KillClient()
    {
        var client = ClientAtWork();
        var after = Sleep(LongestAtWork);
        var (back, resets) = Measure(() =>
        {
            client.Kill();
            AwaitFree();
        });
        Expect(resets >= 2, $"{resets} resets after a client at work was killed");
        EndClient();
        return (after, "reset and free", back, resets);
    }

    private (int After, string Outcome, double Back, long Resets) KillService()
    {
        var client = ClientAtWork();
        var after = Sleep(LongestAtWork);
        var (back, resets) = Measure(() =>
        {
            _service.Kill();
            Expect(client.Ask(SiegeClient.DoWork, SiegeClient.Worked), "the client's device or memory did not outlive the service");
            StartService();
        });
        Expect(resets == 0, $"the device of a client that lives was reset {resets} times");
        CheckKept(client);
        Expect(client.Ask(SiegeClient.DoWork, SiegeClient.Worked), "the client's device or memory did not outlive the service's start");
        if (_kind == SiegeClientKind.Vmm || _random.Next(2) == 0) return (after, "kept", back, resets);
        Expect(client.Ask(SiegeClient.Resume, SiegeClient.Resumed), "the client could not resume");
        Expect(State == DeviceState.Opened, $"resumed, the device is {State}");
        Expect(client.Ask(SiegeClient.DoWork, SiegeClient.Worked), "the resumed device does not work");
        return (after, "kept and resumed", back, resets);
    }

    private (int After, string Outcome, double Back, long Resets) KillServiceServing()
    {
        EndClient();
        var client = _client = StartClient();
        var after = Sleep((int)_starts.GetValueOrDefault(_kind, s_firstStart).TotalMilliseconds);
        var (back, resets) = Measure(() =>
        {
            _service.Kill();
            StartService();
        });
        if (client.Await(SiegeClient.Ready))
        {
            // It had all, or was not served before.
            if (State == DeviceState.Kept) CheckKept(client);
            Expect(client.Ask(SiegeClient.DoWork, SiegeClient.Worked), "a client that was served in spite of it has no device");
            return (after, State == DeviceState.Kept ? "kept" : "served by the next", back, resets);
        }

        var reached = client.Said.Count == 0 ? "nothing said" : client.Said[^1];
        AwaitFree();
        EndClient();
        return (after, $"free after {reached}", back, resets);
    }

    private (int After, string Outcome, double Back, long Resets) KillServiceResetting()
    {
        var client = ClientAtWork();
        var after = 0;
        var (back, resets) = Measure(() =>
        {
            client.Kill();
            after = Sleep(LongestReset);
            _service.Kill();
            StartService();
            AwaitFree();
        });
        Expect(resets >= 2, $"{resets} resets after a client was killed, and the service that took its device back");
        EndClient();
        return (after, "reset and free", back, resets);
    }

    private (int After, string Outcome, double Back, long Resets) KillClientWithoutService()
    {
        var client = ClientAtWork();
        _service.Kill();
        var after = Sleep(LongestAtWork);
        var (back, resets) = Measure(() =>
        {
            client.Kill();
            StartService();
            AwaitFree();
        });
        Expect(resets >= 2, $"{resets} resets after a client was killed that no service looked after");
        EndClient();
        return (after, "reset and free", back, resets);
    }

    private (int After, string Outcome, double Back, long Resets) KillWorker()
    {
        _worker.Continue();
        var after = Sleep(LongestOfWorker);
        var (back, resets) = Measure(() =>
        {
            _worker.Kill();
            CheckKeeper();
            _worker.Dispose();
            _worker = StartWorker();
        });
        return (after, "all is held, and another goes on", back, resets);
    }

    // --- what has to hold

    private void CheckKept(SiegedProcess client)
    {
        Expect(State == DeviceState.Kept, $"the device of a client that lives is {State}");
        var kept = _observer.Status().Clients.Where(static each => !each.Connected).ToList();
        Expect(kept is [var only] && only.Pid == client.Id && only.Devices.SequenceEqual([Nvme.ToString()]) && only.Memory == (_kind == SiegeClientKind.Vmm ? SiegeVmm.MemoryBytes : SiegeClient.MemoryBytes), "what the client has is not what the service knows");
        using var other = StartDriver();
        Expect(!other.Await(SiegeClient.Claimed), "another client got a device that is kept");
    }

    private void CheckKeeper()
    {
        using var keeper = _keeper.Connect();
        foreach (var fault in _model.Check(_worker.Said, keeper)) Expect(false, fault);
    }

    // The device is nobody's, does no DMA, and nobody has it open.
    private void AwaitFree()
    {
        if (!Patience.Until(IsQuiet, s_patience))
        {
            Expect(false, $"the device is {State} ({_observer.Find(Nvme).Cause}), and the service has {_observer.Status().Clients.Count} clients and {Connections} connections, with this one");
            return;
        }

        using var config = _nvme.Function.OpenConfigSpace();
        Expect(!((PciCommand)config.ReadUInt16(PciRegs.PCI_COMMAND)).HasFlag(PciCommand.BusMaster), "the device is free, and may do DMA");
        var holders = FileHolder.Find($"/dev/vfio/devices/{_nvme.Function.VfioCdevName}");
        Expect(holders.Count == 0, $"the device is free, and open in {string.Join(", ", holders)}");
    }

    private DeviceState State => _observer.Find(Nvme).State;

    private int Connections => Directory.EnumerateDirectories($"/proc/{_service.Id}/task").Count(static task => TryRead($"{task}/comm").StartsWith("varlink", StringComparison.Ordinal));

    // What a client had asked for before it was killed may be about to be done still.
    private bool IsQuiet() => State == DeviceState.Free && Connections == 1 && _observer.Status().Clients.Count == 1 && State == DeviceState.Free;

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private void Expect(bool holds, string fault)
    {
        if (!holds) _faults.Add(fault);
    }

    // --- who takes part

    // Each is another user than the one before: that its device comes reset a driver checks itself (GuestNvme.Start).
    private int NextUser => s_users[_clients++ % s_users.Length];

    private SiegedProcess StartClient()
    {
        _kind = _random.Next(2) == 0 ? SiegeClientKind.Driver : SiegeClientKind.Vmm;
        return _kind == SiegeClientKind.Driver ? StartDriver() : SiegeVmm.Start(NextUser, _service.SocketPath, Nvme);
    }

    private SiegedProcess StartDriver() => SiegedProcess.StartSelf(NextUser, SiegeClient.Command, _service.SocketPath, Nvme.ToString());

    private SiegedProcess ClientAtWork()
    {
        if (_client is { HasEnded: false }) return _client;
        EndClient();
        var start = Stopwatch.GetTimestamp();
        _client = StartClient();
        Expect(_client.Await(SiegeClient.Ready), "a client did not get the device, or not reset");
        _starts[_kind] = Stopwatch.GetElapsedTime(start);
        return _client;
    }

    private void EndClient()
    {
        if (_client is null) return;
        var wasThere = !_client.HasEnded;
        _client.Dispose();
        _client = null;
        if (wasThere) AwaitFree();
    }

    private SiegedProcess StartWorker()
    {
        var worker = SiegedProcess.StartSelf(null, SiegeWorker.Command, KeeperSocket);
        Expect(worker.Await(SiegeWorker.Ready), "a worker did not begin");
        worker.Stop(); // until it is its turn: what it does takes half of the processor
        return worker;
    }

    private void StartService()
    {
        _observer.Dispose();
        _service.Start();
        _observer = _service.Connect();
    }

    private int Sleep(int longest)
    {
        var after = _random.Next(longest);
        Thread.Sleep(after);
        return after;
    }

    private (double Back, long Resets) Measure(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        var resets = _resets.During(action);
        return (Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1), resets);
    }
}
