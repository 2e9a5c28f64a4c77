using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation.Messages;
using Devices.Vfio;
using Ioas = Devices.Iommufd.Ioas;

namespace Devices.Preservation;

/// <summary>
/// Gets devices into this process's hands, from what the record says and the keeper holds: anew under another kernel
/// (<see cref="RestoreAll"/>), or as they are under the one that the record's object ids belong to (<see cref="AdoptAll"/>).
/// Either may be repeated by the next process if this one dies on the way.
/// </summary>
internal sealed class Reacquisition(IFdKeeper keeper, KeeperNames names, StateRecord record, Func<PciFunction, string?>? firmware)
{
    private const string VfioPci = "vfio-pci";
    private readonly Dictionary<uint, IommuContext> _contexts = [];
    private readonly Dictionary<ulong, MemFd> _memory = [];
    private readonly Dictionary<uint, Ioas> _spaces = [];
    private readonly Dictionary<uint, IReadOnlyDictionary<string, IReadOnlyList<DmaMapping>>> _mappings = [];
    private readonly ConfigCaches _caches = new(record, firmware);

    /// <summary>Called after each thing done, with its name and the device, by that device's thread: a test kills the process there.</summary>
    internal Action<string, PciAddress?> Progress { get; init; } = static (_, _) => { };

    /// <summary>What becomes of a device that does not come back.</summary>
    internal RestoreFailurePolicy OnFailure { get; init; }

    /// <summary>Writes the record down as it is now.</summary>
    internal Action Save { get; init; } = static () => { };

    /// <summary>Takes devices over that another process bound, attached and mapped under this kernel.</summary>
    internal IReadOnlyList<RestoredDevice> AdoptAll()
    {
        foreach (var ioas in record.Ioas)
        {
            var space = Context(ioas.Context).AdoptIoas(ioas.KernelId);
            _spaces.Add(ioas.Key, space);
            _mappings.Add(ioas.Key, Map(ioas, (range, access, file) => space.AdoptMapping(range, access, file)));
        }

        var devices = new List<RestoredDevice>();
        foreach (var message in record.Devices)
        {
            var address = PciAddress.Parse(message.Address);
            using var fd = keeper.Get(names.Device(address)) ?? throw SessionStateException.NotHeld(names.Session);
            var device = VfioCdev.FromFd(fd, address).AdoptBound(Space(message).Context, message.KernelId == 0 ? null : message.KernelId);
            var attachment = device.Attach(Space(message));
            ArmInterrupts(message, device);
            TriggerInterrupts(device);
            var function = PciFunction.Open(address);
            devices.Add(Restored(new Held(message, function, attachment, Config(function, device, message).Compare())));
        }

        return devices;
    }

    /// <summary>Binds, attaches, maps and restores the devices under a kernel that does not know them yet; writes its object ids into the record.</summary>
    internal IReadOnlyList<RestoredDevice> RestoreAll()
    {
        foreach (var ioas in record.Ioas)
        {
            // A fresh one, even if a process before this one made another and died: nobody knows how far it came.
            var space = Context(ioas.Context).CreateIoas();
            Progress("ioas", null);
            _spaces.Add(ioas.Key, space);
            _mappings.Add(ioas.Key, Map(ioas, (range, access, file) => space.MapFile(file.File, file.Offset, (ulong)range.Length, range.First, access)));
            ioas.KernelId = space.Id;
            Progress("map", null);
        }

        var order = new RestoreOrder<Held> { Restore = Restore, Leave = static held => held.Attachment.Device.Leave(), OnFailure = OnFailure, CanBeReset = CanBeReset, AllowReset = AllowReset, Save = Save };
        var devices = order.Run(record.Devices);
        try
        {
            return [.. devices.Select(device => Restored(device.Restored, device.FallBack))];
        }
        catch
        {
            foreach (var (held, _) in devices) held.Attachment.Device.Leave();
            throw;
        }
    }

    private bool CanBeReset(Device message)
    {
        var function = PciFunction.Open(PciAddress.Parse(message.Address));
        // What the last close of the file that was opened without a reset may reset instead.
        return function.ResetMethods.HasFile && !function.SlotPeers.Concat(function.ResetPeers).Any(peer => record.Devices.Any(device => device.Address == peer.ToString()));
    }

    private static bool AllowReset(Device message)
    {
        var methods = PciFunction.Open(PciAddress.Parse(message.Address)).ResetMethods;
        methods.RestoreDefault();
        return !methods.IsCleared;
    }

    /// <summary>Restores one device, on a thread of its own: what it shares with others (keeper, address spaces, record) it only reads, but for its own part of the record.</summary>
    private Held Restore(Device message)
    {
        var address = PciAddress.Parse(message.Address);
        var function = PciFunction.Open(address);
        // The first open resets the device by these methods. It is an ordinary thing for a device not to have any.
        if (message.Tier != Tier.Cold && !function.ResetMethods.IsCleared) function.ResetMethods.Clear();
        Progress("reset_method", address);
        if (function.Driver != VfioPci) new DriverBinding().Bind(function, VfioPci);
        Progress("bind", address);
        using var cdev = OpenCdev(function, message.Tier);
        Progress("open", address);
        var space = Space(message);
        // The keeper holds the file before it is bound: from then on its last close would reset the device.
        var device = cdev.IsBound ? cdev.AdoptBound(space.Context) : cdev.Bind(space.Context);
        try
        {
            message.KernelId = device.IommufdDeviceId ?? 0;
            Progress("bind_iommufd", address);
            var attachment = device.Attach(space);
            Progress("attach", address);
            var config = Config(function, device, message);
            config.RestoreRegisters();
            Progress("config", address);
            ArmInterrupts(message, device);
            Progress("interrupts", address);
            config.RestoreBusMaster();
            Progress("bus_master", address);
            TriggerInterrupts(device);
            var differences = config.Compare();
            Progress("compare", address);
            return new Held(message, function, attachment, differences);
        }
        catch
        {
            device.Dispose(); // or its file would stay open here, and the keeper's would not be the last
            throw;
        }
    }

    private VfioCdev OpenCdev(PciFunction function, Tier tier)
    {
        var name = names.Device(function.Address);
        if (keeper.Get(name) is { } held)
        {
            using (held)
            {
                if (tier != Tier.Cold) return VfioCdev.FromFd(held, function.Address);
            }

            // It was opened before, perhaps to come over warm: only an open of now is known to reset it.
            keeper.Remove(name);
        }

        var cdev = VfioCdev.Open(function);
        try
        {
            keeper.Put(name, cdev.Fd);
            return cdev;
        }
        catch
        {
            cdev.Dispose();
            throw;
        }
    }

    private IommuContext Context(uint number)
    {
        if (_contexts.TryGetValue(number, out var context)) return context;
        var name = names.Iommufd(number);
        if (keeper.Get(name) is { } held)
        {
            using (held) context = IommuContext.FromFd(held);
        }
        else
        {
            context = IommuContext.Open();
            keeper.Put(name, context.Fd);
            Progress("iommufd", null);
        }

        _contexts.Add(number, context);
        return context;
    }

    private MemFd Memory(ulong token)
    {
        if (_memory.TryGetValue(token, out var file)) return file;
        var name = record.Memory.First(memory => memory.Token == token).Name;
        file = MemFd.Adopt(keeper.Get(names.Memory(name)) ?? throw SessionStateException.NotHeld(names.Session));
        _memory.Add(token, file);
        return file;
    }

    private Ioas Space(Device message) => _spaces[message.IoasKey];

    private Dictionary<string, IReadOnlyList<DmaMapping>> Map(Messages.Ioas ioas, Func<IovaRange, DmaAccess, FileBacking, DmaMapping> map)
    {
        var mappings = new Dictionary<string, List<DmaMapping>>();
        foreach (var message in ioas.Mappings)
        {
            var range = IovaRange.OfLength(new Iova(message.Iova), message.Length);
            var mapping = map(range, (DmaAccess)message.Access, new FileBacking(Memory(message.MemoryToken), (long)message.Offset));
            var name = record.Memory.First(memory => memory.Token == message.MemoryToken).Name;
            if (!mappings.TryGetValue(name, out var list)) mappings.Add(name, list = []);
            list.Add(mapping);
        }

        return mappings.ToDictionary(static entry => entry.Key, static entry => (IReadOnlyList<DmaMapping>)entry.Value);
    }

    private RestoredDevice Restored(Held held, string? fallBack = null)
    {
        var (message, function, attachment, differences) = held;
        return new(attachment, (PreservationTier)message.Tier, message.Driver, _mappings[message.IoasKey], differences, _caches.Restore(message, function, attachment.Device)) { FallBackReason = fallBack };
    }

    private static ConfigRestorer Config(PciFunction function, VfioDevice device, Device message)
    {
        using var raw = function.OpenConfigSpace();
        return new ConfigRestorer(device.ConfigSpace, message.VfioConfig.Span, PciCapabilities.Read(raw));
    }

    private static void ArmInterrupts(Device message, VfioDevice device)
    {
        foreach (var interrupts in message.Interrupts)
        {
            if (interrupts.Index == device.Interrupts.Intx.Index)
            {
                device.Interrupts.Intx.Enable(EventFd.Create());
                continue;
            }

            var eventFds = new EventFd?[interrupts.Count];
            foreach (var vector in interrupts.Armed) eventFds[vector] = EventFd.Create();
            Vectors(device, interrupts.Index).Enable(eventFds);
        }
    }

    /// <summary>Makes up for interrupts that were raised while none was armed. For a driver, one too many is harmless; one too few is not.</summary>
    private static void TriggerInterrupts(VfioDevice device)
    {
        if (device.Interrupts.Intx.IsEnabled) device.Interrupts.Intx.Trigger();
        if (device.Interrupts.Msi.IsEnabled) device.Interrupts.Msi.TriggerAll();
        if (device.Interrupts.Msix.IsEnabled) device.Interrupts.Msix.TriggerAll();
    }

    private static InterruptVectors Vectors(VfioDevice device, uint index)
        => index == device.Interrupts.Msi.Index ? device.Interrupts.Msi
            : index == device.Interrupts.Msix.Index ? device.Interrupts.Msix
            : throw new RecordException($"device {device.Address}.interrupts.index", $"{index} is neither INTx, MSI nor MSI-X", "The record was written by a newer release: restore with that");

    /// <summary>A device in this process's hands; its cached configuration, part of which it shares with others, is still to come.</summary>
    private sealed record Held(Device Message, PciFunction Function, IoasAttachment Attachment, IReadOnlyList<ConfigSpaceDifference> Differences);
}
