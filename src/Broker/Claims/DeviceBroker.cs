using System.Diagnostics.Metrics;
using Devices.Linux;
using Devices.Pci;
using Devices.Varlink;
using Devices.Vfio;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Gives devices and memory to clients as the policy says, and takes them back. For many threads, each client on one.</summary>
internal sealed class DeviceBroker : IDisposable
{
    /// <summary>The most devices in one call: what goes into one reply's descriptors, with room to spare.</summary>
    internal const int MostDevices = 64;

    private const string NoRuleAnyMore = "no rule gives it this device any more";

    // More than the second in which a client's processes end.
    private static readonly TimeSpan s_releasePatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_sweepPeriod = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger;
    private readonly ClaimLedger _ledger = new();
    private readonly MemoryAllowance _memory = new();
    private readonly ClientRecords _records;
    private readonly DeviceReturns _returns;
    private readonly Timer _sweep;
    private readonly Lock _lock = new();
    private readonly HashSet<BrokerClient> _clients = [];

    // Whoever gives a device or takes one back reads the policy; a policy that takes its place waits for them.
    private readonly ReaderWriterLockSlim _inForce = new();
    private AccessPolicy _policy;
    private volatile bool _isSuspended;

    /// <summary>A broker for a policy.</summary>
    /// <param name="policy">Who may have what.</param>
    /// <param name="kept">What the service manager kept of earlier runs; this object's from now on.</param>
    /// <param name="logger">Who got what and who did not.</param>
    internal DeviceBroker(AccessPolicy policy, IEnumerable<PassedFd> kept, ILogger<DeviceBroker> logger)
    {
        _policy = policy;
        _logger = logger;
        _records = new ClientRecords(_ledger, _memory, logger);
        Events = new EventHub(Metrics);
        Metrics.Gauge("devkeepd.devices", "{device}", "Devices that a rule gives to somebody, or that a VFIO driver has, by state", CountDevices);
        Metrics.Gauge("devkeepd.clients", "{client}", "Clients that are connected, and those of an earlier run whose processes have something still", CountClients);
        Metrics.Gauge("devkeepd.memory.given", "By", "Memory that clients were given, by the policy's rule", CountMemory);
        _returns = new DeviceReturns(_ledger, _records, Events, logger);
        foreach (var former in _records.Restore(kept, policy.RulesFor)) Restore(former);
        _sweep = new Timer(_ => Sweep(), null, s_sweepPeriod, s_sweepPeriod);
    }

    internal EventHub Events { get; }

    internal BrokerMetrics Metrics { get; } = new();

    /// <summary>Which device is whose, for the sessions that devices are kept for.</summary>
    internal ClaimLedger Ledger => _ledger;

    internal ClientRecords Records => _records;

    /// <summary>A client has connected.</summary>
    /// <param name="identity">Who it is.</param>
    /// <param name="process">Its process, this object's from now on; null where the kernel does not tell.</param>
    internal BrokerClient Enter(ClientIdentity identity, ProcessFd? process)
    {
        BrokerClient client;
        lock (_lock) _clients.Add(client = new BrokerClient(identity, _policy.RulesFor(identity), process));
        if (_logger.IsEnabled(LogLevel.Information))
            BrokerLog.Connected(_logger, client, client.Rules.Count == 0 ? "none" : string.Join(", ", client.Rules.Select(static rule => $"\"{rule.Name}\"")));
        return client;
    }

    /// <summary>A client's connection has ended: what it has is taken back.</summary>
    internal void Leave(BrokerClient client)
    {
        if (!_isSuspended) TakeBack(client, "its connection has ended");
    }

    /// <summary>
    /// The service ends: from now on clients that leave keep what they have, for the next run to go on with. Where no service manager keeps it for that, it is taken back as ever.
    /// </summary>
    internal void Suspend() => _isSuspended = ServiceManager.IsPresent;

    /// <summary>
    /// Another policy is in force from now on. What it does not give to who has it is taken back, as the next run of the service would; memory stays counted.
    /// </summary>
    internal void Reload(AccessPolicy policy)
    {
        _inForce.EnterWriteLock();
        try
        {
            lock (_lock)
            {
                _policy = policy;
                foreach (var client in _clients) client.Rules = policy.RulesFor(client.Identity);
            }

            foreach (var device in _ledger.All.Where(static device => device is { Owner: { } owner, HasGone: false } && owner.RuleFor(device.Facts) is null))
                _ = _returns.Begin(device.Facts, device.Client, NoRuleAnyMore);
        }
        finally
        {
            _inForce.ExitWriteLock();
        }
    }

    /// <summary><c>List</c>.</summary>
    internal IReadOnlyList<DeviceReport> List(BrokerClient client) =>
        [.. PciFunction.EnumerateAll()
            .Where(function => client.RuleFor(DeviceFacts.Of(function)) is not null || (client.Identity.IsRoot && function.VfioCdevName is not null))
            .Select(function => Report(client, function))];

    /// <summary><c>Claim</c>.</summary>
    internal IReadOnlyList<DeviceReport> Claim(BrokerClient client, IReadOnlyList<string> names)
    {
        using var policy = ReadPolicy();
        var wanted = Addresses(names).Select(address => Permitted(client, address)).ToList();
        if (wanted.FirstOrDefault(static function => function.VfioCdevName is null) is { } unbound)
        {
            var (cause, remedy) = Unbound(unbound);
            throw Refuse(client, nameof(Claim), unbound.Address, cause, BrokerErrors.Unavailable(unbound.Address.ToString(), cause, remedy));
        }

        if (_ledger.Claim(client, [.. wanted.Select(static function => (DeviceFacts.Of(function), function.VfioCdevName))], out var added) is { } conflict) throw InTheWay(client, conflict);
        List<string?> resetMethods;
        try
        {
            resetMethods = [.. added.Select(device => Prepare(client, device))];
        }
        catch
        {
            foreach (var device in added) _ledger.Free(device.Address);
            _records.Save(client); // where it has another device that comes back just now, these were written down too
            throw;
        }

        _records.Save(client);
        foreach (var (device, methods) in added.Zip(resetMethods))
        {
            BrokerLog.Granted(_logger, device.Address, client, client.RuleFor(device)?.Name ?? "", methods);
            Tell(Happening.Claimed, device, client);
        }

        return [.. wanted.Select(function => Report(client, function))];
    }

    /// <summary><c>Open</c>: the files of devices, none bound, the caller's own.</summary>
    internal IReadOnlyList<(PciAddress Address, FileDescriptor File)> Open(BrokerClient client, IReadOnlyList<string> names)
    {
        using var policy = ReadPolicy();
        var devices = Claimed(client, nameof(Open), names);
        var opened = new List<(PciAddress Address, FileDescriptor File)>();
        try
        {
            foreach (var device in devices) opened.Add((device.Facts.Address, OpenFile(client, device)));
        }
        catch
        {
            opened.ForEach(static each => each.File.Dispose());
            throw;
        }

        foreach (var device in devices) _ledger.Opened(device.Facts.Address);
        _records.Save(client);
        foreach (var device in devices)
        {
            BrokerLog.Opened(_logger, client, device.Facts.Address);
            Tell(Happening.Opened, device.Facts, client);
        }

        return opened;
    }

    /// <summary><c>Release</c>.</summary>
    internal IReadOnlyList<DeviceReport> Release(BrokerClient client, IReadOnlyList<string> names)
    {
        using var policy = ReadPolicy();
        var devices = Claimed(client, nameof(Release), names);
        _ = Task.WaitAll([.. devices.Select(device => _returns.Begin(device.Facts, client, "it gave it back"))], s_releasePatience);
        return [.. devices.Select(device => PciFunction.TryOpen(device.Facts.Address, out var function) ? Report(client, function) : null).OfType<DeviceReport>()];
    }

    /// <summary><c>Resume</c>.</summary>
    internal ResumeReply Resume(BrokerClient client, IReadOnlyList<string> names)
    {
        using var policy = ReadPolicy();
        var wanted = names.Count == 0 ? [] : Addresses(names);
        List<BrokerClient> formers;
        List<ClaimedDevice> devices;
        long memory;
        lock (_lock)
        {
            formers = [.. _clients.Where(former => IsToBeResumed(former, client))];
            if (wanted.Count > 0)
            {
                formers = [.. wanted.Select(address => formers.Find(former => _ledger.Find(address)?.Owner == former)
                    ?? throw Refuse(client, nameof(Resume), address, "it did not have it", BrokerErrors.NotClaimed(address.ToString()))).Distinct()];
            }

            devices = [.. formers.SelectMany(former => _ledger.HeldFor(former).Where(static device => device.Owner is not null))];
            memory = formers.Sum(_memory.UsedBy);
            if (devices.Find(device => client.RuleFor(device.Facts) is null) is { } denied)
                throw Refuse(client, nameof(Resume), denied.Facts.Address, NoRuleAnyMore, BrokerErrors.NotAllowed(denied.Facts.Address.ToString()));
            foreach (var former in formers)
            {
                _ledger.Move(former, client);
                _memory.Move(former, client);
                _clients.Remove(former);
            }
        }

        // In this order: what is written down twice is found twice, and what is nowhere is lost.
        _records.Save(client);
        foreach (var former in formers)
        {
            _records.Save(former);
            former.Dispose();
        }

        if (formers.Count > 0 && _logger.IsEnabled(LogLevel.Information))
        {
            var resumed = Names(devices);
            BrokerLog.Resumed(_logger, client, resumed, memory);
        }

        foreach (var device in devices) Tell(Happening.Resumed, device.Facts, client);
        return new ResumeReply([.. devices.Select(device => PciFunction.TryOpen(device.Facts.Address, out var function) ? Report(client, function) : null).OfType<DeviceReport>()], memory);
    }

    /// <summary><c>CreateMemory</c>: a memfd, the caller's own.</summary>
    internal MemFd CreateMemory(BrokerClient client, string name, long bytes)
    {
        // The kernel takes any bytes but NUL, at most 249; what is shown in logs and /proc should be plain.
        if (name.Length is 0 or > 64 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) throw ServiceErrors.InvalidParameter("name");
        if (bytes <= 0 || bytes % PageSize.Bytes != 0) throw ServiceErrors.InvalidParameter("size");
        if (client.Rules.All(static rule => rule.MemoryBytes == 0)) throw Refuse(client, nameof(CreateMemory), null, "no rule gives it memory", BrokerErrors.NoMemoryAllowed());
        if (_memory.TryTake(client, bytes) is not { } rule)
        {
            var left = _memory.LeftFor(client);
            throw Refuse(
                client,
                nameof(CreateMemory),
                null,
                $"it asks for {bytes} bytes and no rule has more than {left} left",
                BrokerErrors.LimitReached($"No rule of the policy has {bytes} bytes left for this client.", "Ask for less, or end the connections that have memory by the same rule.", left));
        }

        try
        {
            var memory = MemFd.Create(name, bytes);
            _records.Save(client);
            BrokerLog.MemoryGranted(_logger, bytes, name, client, rule.Name);
            Tell(Happening.Memory, null, client);
            return memory;
        }
        catch
        {
            _memory.Return(client, rule, bytes);
            throw;
        }
    }

    /// <summary><c>Status</c>.</summary>
    internal StatusReply Status(BrokerClient client, string version)
    {
        BrokerClient[] shown;
        lock (_lock) shown = [.. _clients.Where(each => client.Identity.IsRoot || each == client || IsToBeResumed(each, client))];
        return new StatusReply(version, [.. shown.OrderBy(static each => each.Identity.ProcessId).Select(Report)], _memory.LeftFor(client));
    }

    /// <summary>Ends it, when no client is left.</summary>
    public void Dispose()
    {
        using var swept = new ManualResetEvent(false);
        if (_sweep.Dispose(swept)) swept.WaitOne();
        _returns.Dispose();
        _records.Dispose();
        _inForce.Dispose();
        Metrics.Dispose();
    }

    internal static IReadOnlyList<PciAddress> Addresses(IReadOnlyList<string> names)
    {
        if (names.Count is 0 or > MostDevices) throw ServiceErrors.InvalidParameter("devices");
        return [.. names.Select(static (name, index) => PciAddress.TryParse(name, out var address) ? address : throw ServiceErrors.InvalidParameter($"devices[{index}]")).Distinct()];
    }

    internal static (string Cause, string Remedy) Unbound(PciFunction function) => (
        function.Driver is { } driver ? $"The driver {driver} has it, which is none of VFIO." : "No driver has it.",
        $"Whoever runs this machine binds it to vfio-pci: devkeep bind {function.Address}.");

    private static string Names(IEnumerable<ClaimedDevice> devices) =>
        string.Join(", ", devices.Select(static device => device.Facts.Address).Order()) is { Length: > 0 } names ? names : "no device";

    /// <summary>Until it is disposed, by the same thread, no other policy comes into force: a call is judged by one alone. Not to be nested.</summary>
    internal Reading ReadPolicy()
    {
        _inForce.EnterReadLock();
        return new Reading(_inForce);
    }

    private bool IsToBeResumed(BrokerClient former, BrokerClient client)
    {
        // One that was resumed, or has ended, has forgotten its process.
        lock (_lock) return !former.IsConnected && _clients.Contains(former) && former.IsSameProcessAs(client);
    }

    private void Restore(FormerClient former)
    {
        var (client, state) = former;
        List<ClaimedDevice> devices = [.. state.Devices.Select(device => device.For(client)).Where(_ledger.Restore)];
        if (client.Process!.HasEnded)
        {
            foreach (var device in devices) _ = _returns.Begin(device.Facts, client, "its process ended while this service did not run");
            Forget(client);
            return;
        }

        foreach (var share in state.Memory) _memory.Restore(client, share);
        foreach (var device in devices)
        {
            if (device.Owner is null) _ = _returns.Begin(device.Facts, client, "it was being taken back when this service ended");
            else if (client.RuleFor(device.Facts) is null && !device.HasGone) _ = _returns.Begin(device.Facts, client, NoRuleAnyMore);
        }

        if (_ledger.Of(client).Count == 0 && state.Memory.Count == 0)
        {
            Forget(client);
            return;
        }

        _records.Save(client);
        lock (_lock) _clients.Add(client);
        if (!_logger.IsEnabled(LogLevel.Information)) return;
        var (names, memory) = (Names(devices.Where(device => _ledger.Find(device.Facts.Address)?.Owner == client)), _memory.UsedBy(client));
        BrokerLog.Kept(_logger, client, names, memory);
    }

    private void TakeBack(BrokerClient client, string reason)
    {
        using var policy = ReadPolicy();
        lock (_lock) _clients.Remove(client);
        foreach (var device in _ledger.All.Where(device => device.Owner == client)) _ = _returns.Begin(device.Facts, client, reason);
        _memory.End(client);
        Forget(client);
    }

    // What is on its way back from it is still written down, until it is free.
    private void Forget(BrokerClient client)
    {
        _records.Save(client);
        client.Dispose();
    }

    private PciFunction Permitted(BrokerClient client, PciAddress address)
    {
        // Where there is none, a rule by address still says whether the client may know.
        var function = PciFunction.TryOpen(address, out var found) ? found : null;
        if (client.RuleFor(function is null ? new DeviceFacts(address, null, null) : DeviceFacts.Of(function)) is null)
            throw Refuse(client, nameof(Claim), address, "no rule gives it this device", BrokerErrors.NotAllowed(address.ToString()));
        return function ?? throw Refuse(
            client, nameof(Claim), address, "there is no such device", BrokerErrors.Unavailable(address.ToString(), "There is no device at this address.", "See lspci -D; if it was removed, rescan the bus."));
    }

    private VarlinkException InTheWay(BrokerClient client, ClaimConflict conflict)
    {
        var address = conflict.Wanted.Address;
        if (conflict.Other.Owner is { } former && IsToBeResumed(former, client))
            return Refuse(client, nameof(Claim), address, $"it has {conflict.Other.Facts.Address} already, and has not resumed it", BrokerErrors.ToBeResumed(address.ToString()));
        if (conflict.Other.State == DeviceState.Kept)
            return Refuse(client, nameof(Claim), address, $"{conflict.Other.Facts.Address} is kept for a session of {conflict.Other.Client}", BrokerErrors.KeptForSession(address.ToString(), conflict.ByGroup));
        if (conflict.Other.Owner is { } owner) return Refuse(client, nameof(Claim), address, $"{conflict.Other.Facts.Address} is claimed by {owner}", BrokerErrors.AlreadyClaimed(address.ToString(), conflict.ByGroup));
        var obstacle = conflict.Other.Obstacle ?? new Obstacle("Its last client has left, and it is being reset.", "Try again: Watch tells when it was reset.", []);
        if (conflict.ByGroup) obstacle = obstacle with { Cause = $"{conflict.Other.Facts.Address}, of its IOMMU group: {obstacle.Cause}" };
        return Refuse(client, nameof(Claim), address, obstacle.ToString(), BrokerErrors.NotReady(address.ToString(), obstacle));
    }

    // What a device did before this service knew it is nobody's business of the client that gets it: it is reset, and open nowhere else.
    private string? Prepare(BrokerClient client, DeviceFacts device)
    {
        using var handover = new DeviceHandover(device.Address);
        var outcome = handover.Attempt();
        var address = device.Address.ToString();
        switch (outcome)
        {
            case { Result: HandoverResult.Ready }:
                return outcome.ResetMethods;
            case { Result: HandoverResult.Held, Obstacle: { } obstacle }:
                throw Refuse(client, nameof(Claim), device.Address, obstacle.ToString(), BrokerErrors.NotReady(address, obstacle));
            case { Obstacle: { } obstacle }:
                throw Refuse(client, nameof(Claim), device.Address, obstacle.ToString(), BrokerErrors.Unavailable(address, obstacle.Cause, obstacle.Remedy));
            default:
                throw Refuse(client, nameof(Claim), device.Address, "it has gone", BrokerErrors.Unavailable(address, "It has gone.", "Claim another one."));
        }
    }

    private List<ClaimedDevice> Claimed(BrokerClient client, string method, IReadOnlyList<string> names) =>
        [.. Addresses(names).Select(address => _ledger.Find(address) is { } device && device.Owner == client
            ? device
            : throw Refuse(client, method, address, "it has not claimed it", BrokerErrors.NotClaimed(address.ToString())))];

    private FileDescriptor OpenFile(BrokerClient client, ClaimedDevice device)
    {
        const string Remedy = "Release it, and claim it anew, or another one.";
        var address = device.Facts.Address;
        try
        {
            // What came in its place was not reset.
            var function = PciFunction.Open(address);
            if (device.HasGone || function.VfioCdevName != device.CdevName)
                throw Refuse(client, nameof(Open), address, "it has gone", BrokerErrors.Unavailable(address.ToString(), "It has gone since it was claimed.", Remedy));
            using var cdev = VfioCdev.Open(function);
            return cdev.Fd.Duplicate();
        }
        catch (Exception failure) when (failure is LinuxException or NoIommuException)
        {
            throw Refuse(client, nameof(Open), address, failure.Message, BrokerErrors.Unavailable(address.ToString(), failure.Message, (failure as LinuxException)?.Remedy ?? Remedy));
        }
    }

    private VarlinkException Refuse(BrokerClient client, string method, PciAddress? address, string reason, VarlinkException error)
    {
        BrokerLog.Refused(_logger, method, address?.ToString() ?? "memory", client, reason);
        var device = address is { } known ? PciFunction.TryOpen(known, out var function) ? DeviceFacts.Of(function) : new DeviceFacts(known, null, null) : null;
        Tell(Happening.Refused, device, client, reason);
        return error;
    }

    internal void Tell(Happening what, DeviceFacts? device, BrokerClient client, string? cause = null) =>
        Events.Publish(new BrokerEvent(what, DateTimeOffset.UtcNow, device, Report(client), cause));

    internal ClientReport Report(BrokerClient client) => new(
        client.IsConnected,
        client.Identity.ProcessId,
        client.Identity.UserId,
        client.Identity.Unit,
        [.. client.Rules.Select(static rule => rule.Name)],
        [.. _ledger.Of(client).Select(static address => address.ToString())],
        _memory.UsedBy(client));

    private static DeviceState StateOf(ClaimedDevice? known, PciFunction function) =>
        known?.Owner is { IsConnected: false } ? DeviceState.Kept : known?.State ?? (function.VfioCdevName is null ? DeviceState.Unavailable : DeviceState.Free);

    internal DeviceReport Report(BrokerClient client, PciFunction function)
    {
        var known = _ledger.Find(function.Address);
        var state = StateOf(known, function);
        var (cause, remedy) = state == DeviceState.Unavailable ? Unbound(function) : (known?.Obstacle?.Cause, known?.Obstacle?.Remedy);
        return new DeviceReport(
            function.Address.ToString(),
            function.Ids.ToString(),
            function.ClassCode.Description,
            function.IommuGroup,
            state,
            known?.Owner == client,
            cause,
            remedy,
            HolderReport.Of(known?.Obstacle?.Holders ?? []));
    }

    private IEnumerable<Measurement<long>> CountDevices()
    {
        AccessPolicy policy;
        lock (_lock) policy = _policy;
        var states = PciFunction.EnumerateAll()
            .Where(function => function.VfioCdevName is not null || policy.Rules.Any(rule => rule.Gives(DeviceFacts.Of(function))))
            .ToLookup(function => StateOf(_ledger.Find(function.Address), function));
        return Enum.GetValues<DeviceState>().Select(state => new Measurement<long>(states[state].Count(), new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant())));
    }

    private IEnumerable<Measurement<long>> CountClients()
    {
        int all, connected;
        lock (_lock) (all, connected) = (_clients.Count, _clients.Count(static client => client.IsConnected));
        return [new Measurement<long>(connected, new KeyValuePair<string, object?>("connected", "true")), new Measurement<long>(all - connected, new KeyValuePair<string, object?>("connected", "false"))];
    }

    private IEnumerable<Measurement<long>> CountMemory() => _memory.ByRule().Select(static each => new Measurement<long>(each.Bytes, new KeyValuePair<string, object?>("rule", each.Rule)));

    private void Sweep()
    {
        TakeBackFromEnded();
        TellOfGone();
    }

    // They have no connection that would end.
    private void TakeBackFromEnded()
    {
        BrokerClient[] ended;
        lock (_lock) ended = [.. _clients.Where(static client => client is { IsConnected: false, Process.HasEnded: true })];
        foreach (var client in ended) TakeBack(client, "its process has ended");
    }

    // A driver that gives a device up waits until its files are closed, so that nothing is left to be taken back; its client is told.
    private void TellOfGone()
    {
        foreach (var device in _ledger.All.Where(static device => device is { Owner: not null, HasGone: false }))
        {
            if (PciFunction.TryOpen(device.Facts.Address, out var function) && function.VfioCdevName == device.CdevName) continue;
            _ledger.MarkGone(device.Facts.Address);
            BrokerLog.Gone(_logger, device.Facts.Address.ToString(), device.Owner!.ToString());
            Tell(Happening.Gone, device.Facts, device.Owner!);
        }
    }

    internal readonly struct Reading(ReaderWriterLockSlim inForce) : IDisposable
    {
        public void Dispose() => inForce.ExitReadLock();
    }
}
