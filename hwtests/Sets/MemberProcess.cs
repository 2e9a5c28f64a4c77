using System.Diagnostics;
using System.Globalization;
using Devices.Drivers;
using Devices.HwTests.Drivers;
using Devices.HwTests.Lab;
using Devices.HwTests.Preservation;
using Devices.HwTests.Runner;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.HwTests.Sets;

/// <summary>A process with a device of its own under its own driver, and a member of a set: this program again, with the command <c>member</c>.</summary>
internal sealed class MemberProcess : IDisposable
{
    internal const string Nvme = "nvme";
    internal const string Igb = "igb";
    internal const string Before = "before";
    internal const string After = "after";

    /// <summary>Where a keeper would be: the process holds its session itself.</summary>
    internal const string Alone = "-";

    private const string Ready = "ready";
    private const string Waiting = "waiting";
    private const string Ledger = "ledger";
    private const string Rings = "rings";
    private const string Data = "data";
    private const string Ram = "ram";
    private const int Half = 64 << 10;
    private const int RamBytes = 1 << 20;
    private const int Rounds = 60; // more would run into the next queue's blocks
    private static readonly IgbOptions s_igb = new() { FramesInFlight = 8 };

    private readonly TalkingProcess _process;

    private MemberProcess(TalkingProcess process) => _process = process;

    internal int Id => _process.Id;

    internal static string SocketOf(string name) => $"/run/set/{name}.sock";

    internal static SessionName SessionOf(string name) => new($"set-{name}");

    /// <summary>Starts it.</summary>
    /// <param name="phase">In which kernel.</param>
    /// <param name="name">Its name and device: <see cref="Nvme"/>, <see cref="Igb"/>, or a VF's address.</param>
    /// <param name="keeper">Its keeper's socket, or <see cref="Alone"/>.</param>
    internal static MemberProcess Start(string phase, string name, string keeper)
        => new(TalkingProcess.StartSelf("member", phase, name, keeper));

    /// <summary>Waits until its device works; in the next kernel, until what came over is verified too.</summary>
    internal MemberProcess AwaitReady() => Await(Ready);

    /// <summary>Waits until it waits for a VF's PF.</summary>
    internal MemberProcess AwaitWaiting() => Await(Waiting);

    /// <summary>Is the process.</summary>
    internal static int Run(string phase, string name, string socket)
    {
        using var client = socket == Alone ? null : KeeperClient.Connect(socket);
        IFdKeeper keeper = client ?? (IFdKeeper)new InProcessKeeper();
        if (phase == Before)
        {
            var request = name switch
            {
                Nvme => StartNvme(keeper),
                Igb => StartIgb(keeper),
                _ => HoldVf(name, keeper),
            };
            using var member = PreservationMember.Serve(SocketOf(name), name, () => request);
            TalkingProcess.Say(Ready);
            Thread.Sleep(Timeout.Infinite);
        }

        if (phase != After) throw new UsageException("no such phase");
        var verified = Verify(keeper, SessionOf(name));
        using var ledger = verified.Memory.Contains(Ledger) ? verified.OpenMemory(Ledger) : null;
        var before = ledger is null ? 0 : BusyDriver.Read(ledger);
        BusyDriver? busy = null;
        var restored = verified.Restore();
        var resumed = restored.Resume(device => busy = name switch
        {
            Nvme => ContinueNvme(device, ledger!),
            Igb => ContinueIgb(device, ledger!),
            _ => CheckVf(name, device),
        });
        if (busy is not null && !Patience.Until(() => busy.Count > before + 1)) throw new TimeoutException($"{name} does not go on");
        resumed.Finish();
        TalkingProcess.Say(string.Create(CultureInfo.InvariantCulture, $"{name}: the blackout took {resumed.Blackout.Total.TotalSeconds:0.0} s, {resumed.Blackout.Freeze.TotalMilliseconds:0} ms of it for the freeze"));
        TalkingProcess.Say(Ready);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public void Dispose() => _process.Dispose();

    // A VF waits for its PF's driver: what Verify refuses can be mended, and then it is asked again.
    private static VerifiedSession Verify(IFdKeeper keeper, SessionName session)
    {
        var arrived = ArrivedSession.Open(keeper, session);
        var start = Stopwatch.GetTimestamp();
        for (var looks = 0; ; looks++)
        {
            try
            {
                return arrived.Verify();
            }
            catch (VerificationException unmended) when (unmended.Field == "driver" && Stopwatch.GetElapsedTime(start) < Patience.Limit)
            {
                if (looks == 0) TalkingProcess.Say(Waiting);
                Thread.Sleep(100);
            }
        }
    }

    private static PreservationRequest StartNvme(IFdKeeper keeper)
    {
        var nvme = new KeptNvme();
        var ledger = MemFd.Create(Ledger, PageSize.Bytes);
        var busy = new BusyDriver(Nvme, nvme.Controller, ledger, number => KeptNvme.Write(nvme.Controller, (int)(number % Rounds)));
        busy.Start();
        var request = nvme.Request(keeper);
        return request with
        {
            Session = SessionOf(Nvme),
            NextKernel = null,
            Devices = [new KeptDevice(nvme.Attachment, busy)],
            Memory = [.. request.Memory, new KeptMemory(Ledger, ledger)],
        };
    }

    private static BusyDriver ContinueNvme(RestoredDevice device, MemFd ledger)
    {
        var nvme = KeptNvme.Continue(device);
        var count = BusyDriver.Read(ledger);
        return new BusyDriver(Nvme, nvme, ledger, number => KeptNvme.Write(nvme, (int)(number % Rounds)), Check) { Count = count };

        void Check()
        {
            Require(nvme.CheckNotReset());
            if (count == 0) throw new InvalidOperationException("nothing had been written");
            for (var round = 0; round < (int)Math.Min(count, Rounds); round++) KeptNvme.Check(nvme, round);
        }
    }

    private static PreservationRequest StartIgb(IFdKeeper keeper)
    {
        var rig = AttachedDevice.Igb();
        var rings = rig.Allocate(s_igb.RequiredMemory, 0x0200_0000);
        var data = DmaMemory.Allocate(rig.Ioas, Data, 2 * Half, new Iova(0x0400_0000));
        var ledger = MemFd.Create(Ledger, PageSize.Bytes);
        var igb = IgbDevice.Start(rig.Attachment, rings, s_igb, rig.Arm(rig.Device.Interrupts.Msix, 1));
        var busy = new BusyDriver(Igb, igb, ledger, number => Copy(igb, data, number));
        busy.Start();
        return new PreservationRequest
        {
            Session = SessionOf(Igb),
            Keeper = keeper,
            NextKernel = null,
            Devices = [new KeptDevice(rig.Attachment, busy)],
            Memory = [new KeptMemory(Rings, rings.File), new KeptMemory(Data, data.File), new KeptMemory(Ledger, ledger)],
            Require = PreservationTier.Warm,
        };
    }

    private static BusyDriver ContinueIgb(RestoredDevice device, MemFd ledger)
    {
        var igb = IgbDevice.Continue(device.Attachment, DmaMemory.Adopt(device.MappingsOf(Rings)[0]), device.DriverState.Span, device.Attachment.Device.Interrupts.Msix);
        var data = DmaMemory.Adopt(device.MappingsOf(Data)[0]);
        var count = BusyDriver.Read(ledger);
        return new BusyDriver(Igb, igb, ledger, number => Copy(igb, data, number), Check) { Count = count };

        void Check()
        {
            Require(igb.CheckNotReset());
            if (count == 0 || igb.Statistics.Copies < count) throw new InvalidOperationException($"{igb.Statistics} of a device that had copied {count} times");
            if (!data.Bytes(Half, Half).SequenceEqual(Pattern(count - 1))) throw new InvalidOperationException("what the device had copied last is not there");
        }
    }

    private static void Copy(IgbDevice igb, DmaMemory data, ulong number)
    {
        Pattern(number).CopyTo(data.Bytes(0, Half));
        igb.Copy(data, 0, data, Half, Half);
        if (!data.Bytes(0, Half).SequenceEqual(data.Bytes(Half, Half))) throw new InvalidOperationException($"copy {number} is not what was copied");
    }

    private static PreservationRequest HoldVf(string address, IFdKeeper keeper)
    {
        var rig = AttachedDevice.Of(address);
        var ram = DmaMemory.Allocate(rig.Ioas, Ram, RamBytes, new Iova(0x1_0000_0000));
        RamOf(address).CopyTo(ram.Bytes(0, RamBytes));
        return new PreservationRequest
        {
            Session = SessionOf(address),
            Keeper = keeper,
            NextKernel = null,
            Devices = [new KeptDevice(rig.Attachment)],
            Memory = [new KeptMemory(Ram, ram.File)],
        };
    }

    private static BusyDriver? CheckVf(string address, RestoredDevice device)
    {
        var mapping = device.MappingsOf(Ram)[0];
        if (device.Address != PciAddress.Parse(address) || mapping.Iova != new Iova(0x1_0000_0000)) throw new InvalidOperationException($"{device.Address}, {mapping.Iova} is not what was kept");
        if (!DmaMemory.Adopt(mapping).Bytes(0, RamBytes).SequenceEqual(RamOf(address))) throw new InvalidOperationException($"{address}: memory was lost");
        return null;
    }

    private static byte[] Pattern(ulong number)
    {
        var bytes = new byte[Half];
        new Random((int)number).NextBytes(bytes);
        return bytes;
    }

    private static byte[] RamOf(string address)
    {
        var bytes = new byte[RamBytes];
        new Random(address[^1]).NextBytes(bytes);
        return bytes;
    }

    private static void Require(ResetEvidence evidence)
    {
        if (!evidence.IsUnchanged) throw new InvalidOperationException($"{evidence}");
    }

    private MemberProcess Await(string wanted)
    {
        _process.Await(wanted);
        return this;
    }
}
