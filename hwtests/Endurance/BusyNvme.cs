using System.Buffers;
using Devices.Drivers;
using Devices.Vfio;

namespace Devices.HwTests.Endurance;

/// <summary>An NVMe controller whose queue pairs write without a pause, each from a thread of its own, until the freeze finds their commands in flight and stops them.</summary>
internal sealed class BusyNvme(NvmeController controller, IReadOnlyList<NvmeDisk> disks, Func<Ledger> ledger, int firstQueue) : IKeepableDriver
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly Lock s_ledger = new();
    private readonly Exception?[] _failures = new Exception?[disks.Count];
    private readonly ulong[] _writes = new ulong[disks.Count];
    private Thread[] _threads = [];
    private int? _round;

    public string DriverName => controller.DriverName;

    public uint StateVersion => controller.StateVersion;

    internal NvmeController Controller => controller;

    internal IReadOnlyList<NvmeDisk> Disks => disks;

    /// <summary>The number of its first queue pair in the ledger.</summary>
    internal int FirstQueue => firstQueue;

    /// <summary>Writes from now on, and again after each <see cref="Resume"/>; null for no writes.</summary>
    internal void Begin(int? round)
    {
        _round = round;
        Array.Clear(_writes);
        Start();
    }

    /// <summary>Waits until every queue pair has written, if they do.</summary>
    internal void AwaitWrites()
    {
        if (_round is null) return;
        EnduranceException.Require(
            SpinWait.SpinUntil(() => Enumerable.Range(0, disks.Count).All(queue => _failures[queue] is not null || Volatile.Read(ref _writes[queue]) > NvmeDisk.Slots / 4), s_limit),
            $"{controller.Address}: nothing is written");
    }

    public void Quiesce()
    {
        var inFlight = disks.Sum(static disk => disk.Pair.InFlight);
        controller.Quiesce();
        foreach (var thread in _threads)
        {
            // A thread's next command is refused, and with that it ends.
            if (!thread.Join(s_limit)) throw new TimeoutException($"{controller.Address}: a queue pair's owner goes on though the controller is at rest");
        }

        // The ledger is of all controllers, which come to rest side by side.
        if (_threads.Length > 0) lock (s_ledger) ledger().InFlight += (ulong)inFlight;
        _threads = [];
        if (_failures.FirstOrDefault(static failure => failure is not null) is { } failure) throw new EnduranceException($"{controller.Address}, writing until the freeze: {failure}");
        for (var queue = 0; queue < disks.Count; queue++) ledger()[firstQueue + queue] = (_writes[queue], disks[queue].Pair.Statistics.Submitted);
    }

    public void Resume()
    {
        controller.Resume();
        Start();
    }

    public void Save(IBufferWriter<byte> state) => controller.Save(state);

    private void Start()
    {
        if (_round is not { } round || _threads.Length > 0) return;
        _threads = [.. Enumerable.Range(0, disks.Count).Select(queue => new Thread(() => Run(queue, round)) { IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    private void Run(int queue, int round)
    {
        try
        {
            Write(queue, round);
        }
        catch (Exception failure)
        {
            _failures[queue] = failure;
        }
    }

    private void Write(int queue, int round)
    {
        var (disk, pair) = (disks[queue], disks[queue].Pair);
        var (number, taken) = (_writes[queue], _writes[queue]);
        var goesOn = true;
        while (goesOn || taken < number)
        {
            try
            {
                while (goesOn && disk.TryWriteSlot(round, number)) number++;
            }
            catch (InvalidOperationException)
            {
                goesOn = false; // at rest: what is in flight still comes back
            }

            if (taken == number) continue;
            var completion = pair.Take();
            pair.Check(completion);
            taken++;
            Volatile.Write(ref _writes[queue], taken);
        }
    }
}
