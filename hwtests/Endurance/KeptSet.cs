using Devices.Drivers;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.HwTests.Endurance;

/// <summary>
/// What is kept: all NVMe controllers of the guest and edu, at work under the toolkit's drivers, all VFs, and memory. Started once, and from then on restored in each
/// kernel.
/// </summary>
internal sealed class KeptSet
{
    private const string Ram = "ram";
    private const string Named = "named";
    private const string EduBuffer = "edu";
    private const uint NvmeClass = 0x010802;
    private const ulong EduBufferAt = 0x0100_0000; // edu reaches 28 bits of address
    private const ulong QueuesAt = 0x1000_0000;
    private const ulong QueuesApart = 0x0100_0000;
    private const ulong RamAt = 0x1_0000_0000;
    private const uint EduFactorialOf = 10;
    private const uint EduLiveness = 0x1234_5678;
    private static readonly NvmeOptions s_nvme = new() { QueuePairs = 2, QueueEntries = 32, BytesPerCommand = 64 << 10 };

    private readonly EnduranceOptions _options;
    private readonly ulong _seed;
    private readonly List<KeptMemory> _memory = [];
    private readonly List<KeptRegion> _regions = [];
    private DmaMemory? _eduBuffer;
    private Ledger? _ledger;

    private KeptSet(EnduranceOptions options, ulong seed)
    {
        _options = options;
        _seed = seed;
    }

    internal Ledger Ledger => _ledger ?? throw new InvalidOperationException("The memory by name is not there yet.");

    internal IReadOnlyList<KeptRegion> Regions => _regions;

    internal List<BusyNvme> Controllers { get; } = [];

    internal EduDevice? Edu { get; private set; }

    /// <summary>All of the devices, with their drivers.</summary>
    internal IReadOnlyList<KeptDevice> Devices { get; private set; } = [];

    internal IReadOnlyList<KeptMemory> Memory => _memory;

    /// <summary>Whether the machine's VFs are kept, which end with a kernel and need their PFs' driver then.</summary>
    internal static bool HasVfs => NvmePfs.Find().Count > 0;

    internal static KeptSet Start(IFdKeeper keeper, EnduranceOptions options, ulong seed)
    {
        if (HasVfs) foreach (var pf in NvmePfs.Bind()) pf.Sriov!.Enable(pf.Sriov!.TotalVfs, new SriovOptions { Driver = "vfio-pci" });
        var all = PciFunction.EnumerateAll();
        var vfs = all.Where(static function => function.IsVirtualFunction).ToList();
        var nvmes = all.Where(static function => function is { IsVirtualFunction: false, Sriov: null } && function.ClassCode.Value == NvmeClass).ToList();
        var edus = all.Where(static function => function is { VendorId: EduDevice.VendorId, DeviceId: EduDevice.DeviceId }).ToList();
        IReadOnlyList<PciFunction> own = [.. nvmes, .. edus];
        if (new DriverBinding().BindMany(own, "vfio-pci") is { Count: > 0 } failures) throw new FunctionFailuresException("binding to vfio-pci", own.Count, failures);

        var ioas = IommuContext.Open().CreateIoas();
        NamedMemory.Create(keeper, Named, (long)options.NamedMiB << 20);
        var ram = DmaMemory.Allocate(ioas, Ram, (ulong)options.MemoryMiB << 20, new Iova(RamAt));
        var set = new KeptSet(options, seed);
        set.AddMemory(keeper, ram.File);
        var opened = VfioDevice.OpenMany(
        [
            .. nvmes.Select(nvme => new DeviceToOpen(nvme, ioas) { MsixVectors = s_nvme.QueuePairs + 1 }),
            .. vfs.Select(vf => new DeviceToOpen(vf, ioas) { MsixVectors = 1 }),
            .. edus.Select(edu => new DeviceToOpen(edu, ioas)),
        ]);
        set.Devices = [.. opened.Select(device => new KeptDevice(device.Attachment, set.StartDriver(device.Attachment)))];
        return set;
    }

    /// <summary>What came over; <see cref="Continue"/> is called for each device, then <see cref="Resumed"/>.</summary>
    internal static KeptSet Arrive(EnduranceOptions options, ulong seed) => new(options, seed);

    /// <summary>The driver of a device that came over, at rest; null for those without.</summary>
    internal IKeepableDriver? Continue(RestoredDevice device)
    {
        EnduranceException.Require(device.ConfigDifferences.Count == 0, $"{device.Address}: configuration differs: {string.Join("; ", device.ConfigDifferences)}");
        var vectors = device.Attachment.Device.Interrupts;
        switch (device.DriverName)
        {
            case "nvme":
                var queues = DmaMemory.Adopt(device.MappingsOf(QueuesOf(device.Address))[0]);
                _memory.Add(new KeptMemory(QueuesOf(device.Address), queues.File));
                return Add(NvmeController.Continue(device.Attachment, queues, device.DriverState.Span, vectors.Msix));
            case "edu":
                var buffer = DmaMemory.Adopt(device.MappingsOf(EduBuffer)[0]);
                _memory.Add(new KeptMemory(EduBuffer, buffer.File));
                _eduBuffer = buffer;
                return Edu = EduDevice.Continue(device.Attachment, device.DriverState.Span, vectors.Msi.Vectors[0]);
            default:
                return null;
        }
    }

    /// <summary>The devices serve: the memory gets its name back.</summary>
    internal void Resumed(IFdKeeper keeper, ResumedSession session, RestoredDevice device)
    {
        Devices = session.Devices;
        NamedMemory.Return(keeper, session.Session, Named);
        AddMemory(keeper, ((FileBacking)device.MappingsOf(Ram)[0].Backing).File);
    }

    /// <summary>What the devices say of themselves: no reset, nothing lost.</summary>
    internal void VerifyDevices(int round)
    {
        foreach (var nvme in Controllers)
        {
            for (var queue = 0; queue < nvme.Disks.Count; queue++)
            {
                var (submitted, saved) = (nvme.Disks[queue].Pair.Statistics.Submitted, Ledger[nvme.FirstQueue + queue].Submitted);
                EnduranceException.Require(submitted == saved, $"{nvme.Controller.Address} queue {queue + 1}: {submitted} commands were given to it, it was {saved} at the freeze of round {round}");
            }

            var evidence = nvme.Controller.CheckNotReset();
            EnduranceException.Require(evidence.IsUnchanged, $"round {round}: {evidence}");
        }

        if (Edu is not { } edu) return;
        EnduranceException.Require(edu.CheckNotReset().IsUnchanged, $"round {round}: {edu.CheckNotReset()}");
        // What the kernel before had copied into the device comes out of it.
        var bytes = _eduBuffer!.Bytes(0, EduDevice.BufferBytes);
        bytes.Clear();
        edu.CopyFromDevice(_eduBuffer, 0, 0, EduDevice.BufferBytes);
        EduPattern(round).Verify(bytes, 0, $"{edu.Address}, its buffer of round {round}");
    }

    /// <summary>Fills memory, disks and edu's buffer with a round's contents.</summary>
    internal void Write(int round)
    {
        foreach (var region in Regions) region.Fill(round);
        foreach (var disk in Controllers.SelectMany(static nvme => nvme.Disks)) disk.WriteRound(round);
        if (Edu is { } edu)
        {
            EduPattern(round).Fill(_eduBuffer!.Bytes(0, EduDevice.BufferBytes), 0);
            edu.CopyToDevice(_eduBuffer, 0, 0, EduDevice.BufferBytes);
            edu.RaiseInterrupt(1);
            EnduranceException.Require(edu.TryAwaitInterrupt(1, TimeSpan.FromSeconds(5)), $"{edu.Address}: its MSI was not delivered");
        }

        Ledger.Round = round;
        Ledger.InFlight = 0;
        foreach (var nvme in Controllers) nvme.Begin(_options.Busy ? round : null);
    }

    private void AddMemory(IFdKeeper keeper, MemFd ram)
    {
        var named = NamedMemory.Open(keeper, Named) ?? throw new EnduranceException($"the keeper has no memory \"{Named}\"");
        _ledger = new Ledger(named);
        _regions.AddRange([new KeptRegion(Ram, ram, _seed + 1), new KeptRegion(Named, named, _seed + 2, Ledger.Bytes)]);
        _memory.AddRange([new KeptMemory(Ram, ram), new KeptMemory(Named, named)]);
    }

    private IKeepableDriver? StartDriver(IoasAttachment attachment)
    {
        var function = PciFunction.Open(attachment.Device.Address);
        if (function.IsVirtualFunction) return null;
        if (function.DeviceId == EduDevice.DeviceId)
        {
            _eduBuffer = DmaMemory.Allocate(attachment.Ioas, EduBuffer, EduDevice.BufferBytes, new Iova(EduBufferAt));
            _memory.Add(new KeptMemory(EduBuffer, _eduBuffer.File));
            var vector = EventFd.Create();
            attachment.Device.Interrupts.Msi.Enable(vector);
            Edu = EduDevice.Start(attachment, vector);
            Edu.CheckLiveness(EduLiveness);
            _ = Edu.Factorial(EduFactorialOf);
            return Edu;
        }

        var queues = DmaMemory.Allocate(attachment.Ioas, QueuesOf(function.Address), PageSize.RoundUp(s_nvme.RequiredMemory), new Iova(QueuesAt + ((ulong)Controllers.Count * QueuesApart)));
        _memory.Add(new KeptMemory(QueuesOf(function.Address), queues.File));
        return Add(NvmeController.Start(attachment, queues, s_nvme, attachment.Device.Interrupts.Msix));
    }

    private BusyNvme Add(NvmeController controller)
    {
        var first = Controllers.Count * s_nvme.QueuePairs;
        IReadOnlyList<NvmeDisk> disks = [.. Enumerable.Range(0, s_nvme.QueuePairs).Select(queue => new NvmeDisk(controller, queue, _seed + 100 + (ulong)(first + queue), _options.WriteKiB))];
        foreach (var disk in disks) disk.CheckRoom(_options.Rounds);
        var busy = new BusyNvme(controller, disks, () => Ledger, first);
        Controllers.Add(busy);
        return busy;
    }

    private RoundPattern EduPattern(int round) => new(_seed + 3, (ulong)round);

    private static string QueuesOf(PciAddress address) => $"queues-{address.ToString().Replace(':', '.')}";
}
