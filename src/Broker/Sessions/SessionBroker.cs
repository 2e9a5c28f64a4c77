using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;
using Devices.Varlink;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Preserves clients' memory in live update sessions as the policy says, and gives it back to the same owners in the next kernel. For many threads; one call at a time.</summary>
internal sealed class SessionBroker : IDisposable
{
    private readonly IFdKeeper _keeper;
    private readonly bool _outlivesService;
    private readonly DeviceBroker _broker;
    private readonly SessionDevices _devices;
    private readonly SessionIndexFiles _files;
    private readonly ILogger _logger;
    private readonly SessionLedger _ledger = new();
    private readonly Lock _lock = new();

    // What this run has in hand. Of what an earlier one had, the keeper and the record know enough to go on.
    private readonly Dictionary<long, PreservedSession> _preserved = [];
    private readonly Dictionary<long, FrozenSession> _frozen = [];
    private readonly Dictionary<long, VerifiedSession> _verified = [];

    /// <summary>A broker. Sessions that are there already, of this kernel or from the one before, are found, and their devices kept for their owners.</summary>
    /// <param name="keeper">Who holds them.</param>
    /// <param name="policy">Who may have any; where nobody may, the kernel is not asked for them.</param>
    /// <param name="broker">Who has the devices.</param>
    /// <param name="logger">Who got what and who did not.</param>
    internal SessionBroker(SessionKeeper keeper, AccessPolicy policy, DeviceBroker broker, ILogger<DeviceBroker> logger)
    {
        _keeper = keeper.Keeper;
        _outlivesService = keeper.OutlivesService;
        _broker = broker;
        _logger = logger;
        _devices = new SessionDevices(broker, logger);
        _files = new SessionIndexFiles(_keeper);
        if (!policy.GivesSessions) return;
        BrokerLog.SessionsHeld(logger, keeper.Name, keeper.OutlivesService ? "they outlive this service" : "they end with it");
        Attempt("the sessions of this kernel", LoadOutgoing);
        Attempt("the sessions of the kernel before", LoadIncoming);
    }

    /// <summary><c>List</c>.</summary>
    internal SessionsReply List(BrokerClient client)
    {
        lock (_lock) return new SessionsReply([.. _ledger.VisibleTo(client).Select(SessionReport.Of)], _outlivesService, _ledger.LeftFor(client));
    }

    /// <summary><c>Plan</c>.</summary>
    internal PlanReply Plan(BrokerClient client, SessionContent asked, IReadOnlyList<FileDescriptor> files) => Do(client, nameof(Plan), asked.Session, () =>
    {
        using var memory = new ClientMemory(asked.Memory, files);
        lock (_lock)
        {
            RequireAllowed(client, asked.Session);
            var findings = Examine(client, asked, memory).ToList();
            if (_ledger.IsTaken(client, asked.Session)) findings.Add(Stop("A session of that name is there already.", "Take another name, or end that one."));
            if (_ledger.LeftFor(client) is var left && memory.Bytes > left) findings.Add(Stop($"No rule of the policy has such a session left; one of {left} bytes there would be.", "Preserve less, or end sessions."));
            return new PlanReply(findings.TrueForAll(static finding => finding.Level != FindingLevel.Refused), [.. findings.Select(FindingReport.Of)]);
        }

        PreflightFinding Stop(string reason, string wayOut) => new("session", asked.Session, FindingLevel.Refused, reason, wayOut);
    });

    /// <summary><c>Preserve</c>.</summary>
    internal PreserveReply Preserve(BrokerClient client, SessionContent asked, IReadOnlyList<FileDescriptor> files) => Do(client, nameof(Preserve), asked.Session, () =>
    {
        if (asked.Memory.Count == 0 && asked.Devices.Count == 0) throw ServiceErrors.InvalidParameter("memory");
        // Before anybody waits for this: what a client sends may be a file that answers late.
        using var memory = new ClientMemory(asked.Memory, files);
        lock (_lock)
        {
            RequireAllowed(client, asked.Session);
            if (_ledger.IsTaken(client, asked.Session)) throw SessionErrors.NameTaken(asked.Session);
            var findings = Examine(client, asked, memory);
            if (findings.Any(static finding => finding.Level == FindingLevel.Refused)) throw SessionErrors.Refused(asked.Session, findings);
            var devices = _devices.Claimed(client, asked.Session, asked.Devices).Select(static function => new SessionDevice(function.Address.ToString(), function.Ids.ToString()));
            if (_ledger.TryAdd(client, asked.Session, memory.Sizes, [.. devices]) is not { } entry) throw SessionErrors.LimitReached(_ledger.LeftFor(client));
            try
            {
                // First of all: what nobody knows of would go over to a kernel in which nobody looks for it.
                Write(incoming: false);
                _preserved[entry.Number] = PreservationPlan.Create(Request(entry.KernelName, memory.Kept)).Preserve();
            }
            catch
            {
                _ledger.Remove(entry);
                Attempt(entry.Name, () => Write(incoming: false));
                throw;
            }

            BrokerLog.SessionPreserved(_logger, entry.KernelName.Value, client, entry.Bytes, entry.Rule);
            Tell(Happening.Preserved, entry, client);
            return new PreserveReply(SessionReport.Of(entry), [.. findings.Where(static finding => finding.Level == FindingLevel.Note).Select(FindingReport.Of)]);
        }
    });

    /// <summary><c>Freeze</c>.</summary>
    internal FreezeReply Freeze(BrokerClient client, string name) => Do(client, nameof(Freeze), name, () =>
    {
        lock (_lock)
        {
            var entry = Find(client, name, "There is nothing to freeze.", SessionState.Preserved);
            // A reload that takes the devices back in the meantime would leave the session with what it has not.
            using var policy = _broker.ReadPolicy();
            var closed = _devices.Close(client, entry);
            _frozen[entry.Number] = InHand(entry).Freeze();
            entry = _ledger.Change(entry, SessionState.Frozen);
            try
            {
                Write(incoming: false);
            }
            catch
            {
                _ledger.Change(entry, SessionState.Preserved);
                ThawRecord(entry);
                throw;
            }

            _devices.SetAside(client, entry, closed);
            BrokerLog.SessionChanged(_logger, entry.KernelName.Value, "frozen", client);
            Tell(Happening.Frozen, entry, client);
            return new FreezeReply(SessionReport.Of(entry));
        }
    });

    /// <summary><c>Thaw</c>.</summary>
    internal ThawReply Thaw(BrokerClient client, string name) => Do(client, nameof(Thaw), name, () =>
    {
        lock (_lock)
        {
            var entry = Find(client, name, "It is not frozen.", SessionState.Frozen);
            var thawed = _ledger.Change(entry, SessionState.Preserved);
            try
            {
                Write(incoming: false);
                ThawRecord(thawed);
            }
            catch
            {
                _ledger.Change(entry, SessionState.Frozen);
                Attempt(entry.Name, () => Write(incoming: false));
                throw;
            }

            var devices = _devices.TakeUp(client, thawed);
            _devices.Release(thawed);
            BrokerLog.SessionChanged(_logger, thawed.KernelName.Value, "thawed", client);
            Tell(Happening.Thawed, thawed, client);
            return new ThawReply(SessionReport.Of(thawed), devices);
        }
    });

    /// <summary><c>Discard</c>.</summary>
    internal NoParameters Discard(BrokerClient client, string name) => Do(client, nameof(Discard), name, () =>
    {
        lock (_lock)
        {
            var entry = _ledger.FindForRoot(client, name) ?? Find(client, name, "", [.. Enum.GetValues<SessionState>()]);
            End(entry);
            BrokerLog.SessionChanged(_logger, entry.KernelName.Value, "given up", client);
            Tell(Happening.Discarded, entry, client);
            return new NoParameters();
        }
    });

    /// <summary><c>Restore</c>.</summary>
    internal (IReadOnlyList<(string Name, FileDescriptor File)> Memory, IReadOnlyList<SessionDeviceReport> Devices) Restore(BrokerClient client, string name) => Do(client, nameof(Restore), name, () =>
    {
        lock (_lock)
        {
            var entry = Find(client, name, "It is of this kernel, which has not been replaced.", SessionState.Arrived, SessionState.Restored);
            if (!_verified.TryGetValue(entry.Number, out var verified)) _verified.Add(entry.Number, verified = ArrivedSession.Open(_keeper, entry.KernelName).Verify());
            var memory = new List<(string Name, FileDescriptor File)>();
            try
            {
                foreach (var each in entry.Memory)
                {
                    using var file = verified.OpenMemory(each.Name);
                    memory.Add((each.Name, file.Fd.Duplicate()));
                }

                if (entry.State == SessionState.Arrived)
                {
                    _ledger.Change(entry, SessionState.Restored);
                    Write(incoming: true);
                }
            }
            catch
            {
                memory.ForEach(static each => each.File.Dispose());
                throw;
            }

            var devices = _devices.TakeUp(client, entry);
            BrokerLog.SessionRestored(_logger, entry.KernelName.Value, client, entry.Bytes);
            Tell(Happening.Restored, entry, client);
            return (memory, devices);
        }
    });

    /// <summary><c>Finish</c>.</summary>
    internal NoParameters Finish(BrokerClient client, string name) => Do(client, nameof(Finish), name, () =>
    {
        lock (_lock)
        {
            var entry = Find(client, name, "It was not restored.", SessionState.Restored);
            End(entry);
            BrokerLog.SessionChanged(_logger, entry.KernelName.Value, "finished", client);
            Tell(Happening.Finished, entry, client);
            return new NoParameters();
        }
    });

    /// <summary>Ends it, when no client is left. What the keeper holds it holds on, if it is not this process.</summary>
    public void Dispose()
    {
        if (!_outlivesService)
        {
            foreach (var entry in _ledger.All) BrokerLog.SessionLost(_logger, entry.KernelName.Value, entry.Owner, "it ends with this service, which held it.");
        }

        _files.Dispose();
    }

    private static PreservationRequest Request(SessionName session, IFdKeeper keeper, IReadOnlyList<KeptMemory> memory) =>
        new() { Session = session, Keeper = keeper, NextKernel = null, Devices = [], Memory = memory };

    private PreservationRequest Request(SessionName session, IReadOnlyList<KeptMemory> memory) => Request(session, _keeper, memory);

    // All that Preserve would find out, but for what only the kernel's doing it tells.
    private IReadOnlyList<PreflightFinding> Examine(BrokerClient client, SessionContent asked, ClientMemory memory)
    {
        var functions = _devices.Claimed(client, asked.Session, asked.Devices);
        var virtualFunctions = functions.Where(static function => function.IsVirtualFunction).Select(static function => new PreflightFinding(
            "VF", function.Address.ToString(), FindingLevel.Note, "VFs end with the kernel.", "Whoever runs this machine enables them again after the jump; from then on it is there to be restored."));
        return
        [
            .. memory.Findings,
            .. Preflighter.Check(Request(SessionIndexFiles.Session, memory.Kept)).Findings,
            .. Preflighter.Check(null, functions, PreservationTier.Cold, PreservationTier.Cold).Findings.Where(static finding => finding.Subject != "system"),
            .. virtualFunctions,
        ];
    }

    private static void RequireAllowed(BrokerClient client, string session)
    {
        if (!SessionEntry.IsName(session)) throw ServiceErrors.InvalidParameter("session");
        if (!SessionLedger.Allows(client)) throw SessionErrors.NoSessions(session);
    }

    private SessionEntry Find(BrokerClient client, string name, string problem, params IReadOnlyList<SessionState> states)
    {
        var entry = _ledger.Find(client, name) ?? throw SessionErrors.NotAllowed(name);
        if (states.Contains(entry.State)) return entry;
        throw SessionErrors.WrongState(entry, problem, entry.State switch
        {
            SessionState.Preserved => "It is preserved: Freeze it, or Discard it.",
            SessionState.Frozen => "It is frozen: Thaw it, Discard it, or Restore it in the next kernel.",
            SessionState.Arrived => "It came from the kernel before: Restore it, or Discard it.",
            _ => "It was restored: Restore it again, or Finish it.",
        });
    }

    // Another run of the service may have preserved it.
    private PreservedSession InHand(SessionEntry entry)
    {
        if (!_preserved.TryGetValue(entry.Number, out var preserved))
            _preserved.Add(entry.Number, preserved = PreservedSession.TakeOver(_keeper, entry.KernelName, static _ => null, loadsKernel: false));
        return preserved;
    }

    private void ThawRecord(SessionEntry entry)
    {
        if (_frozen.Remove(entry.Number, out var frozen)) frozen.Thaw();
        else _ = InHand(entry);
    }

    private void End(SessionEntry entry)
    {
        if (entry.IsIncoming) FinishAtKeeper(entry.KernelName);
        else DiscardAtKeeper(entry.KernelName);
        Forget(entry);
        Write(entry.IsIncoming);
    }

    private void Forget(SessionEntry entry)
    {
        _preserved.Remove(entry.Number);
        _frozen.Remove(entry.Number);
        _verified.Remove(entry.Number);
        _ledger.Remove(entry);
        _devices.Release(entry);
    }

    private void FinishAtKeeper(SessionName session)
    {
        _keeper.RetrieveSession(session);
        _keeper.Finish(session);
        RemoveNames(session);
    }

    private void DiscardAtKeeper(SessionName session)
    {
        _keeper.Discard(session);
        RemoveNames(session);
    }

    private void RemoveNames(SessionName session)
    {
        foreach (var held in HeldNames.Of(_keeper, session)) _keeper.Remove(held);
    }

    private void Write(bool incoming)
    {
        SessionEntry[] entries = [.. _ledger.All.Where(entry => entry.IsIncoming == incoming)];
        if (incoming) _files.WriteIncoming(entries);
        else _files.WriteOutgoing(entries);
    }

    private void LoadOutgoing()
    {
        var held = _keeper.Status().Sessions.Where(static each => each.Direction == SessionDirection.Outgoing && each.Name.Value.StartsWith(SessionEntry.Prefix, StringComparison.Ordinal)).Select(static each => each.Name).ToHashSet();
        if (held.Count == 0) return;
        IReadOnlyList<SessionEntry> entries;
        try
        {
            entries = _files.ReadOutgoing();
        }
        catch (Exception failure) when (failure is InvalidDataException or LinuxException)
        {
            BrokerLog.SessionsUnknown(_logger, "the sessions of this kernel", failure.Message);
            entries = [];
        }

        foreach (var entry in entries.Where(static entry => !entry.IsIncoming))
        {
            if (!held.Remove(entry.KernelName))
            {
                Lose(entry, "the keeper does not hold it.");
                continue;
            }

            _ledger.Restore(entry);
            if (entry.State == SessionState.Frozen) _devices.Keep(entry);
            BrokerLog.SessionFound(_logger, entry.KernelName.Value, entry.Owner, entry.State, entry.Bytes);
        }

        // What nobody knows of nobody could restore.
        held.Remove(SessionIndexFiles.Session);
        foreach (var orphan in held) DiscardAtKeeper(orphan);
        Write(incoming: false);
    }

    private void LoadIncoming()
    {
        foreach (var entry in _files.ReadIncoming())
        {
            if (entry.State == SessionState.Preserved)
            {
                Attempt(entry.KernelName.Value, () => FinishAtKeeper(entry.KernelName));
                Lose(entry, "the kernel was replaced before it was frozen.");
                continue;
            }

            var state = entry.State == SessionState.Restored ? SessionState.Restored : SessionState.Arrived;
            _ledger.Restore(entry with { State = state });
            _devices.Keep(entry);
            BrokerLog.SessionFound(_logger, entry.KernelName.Value, entry.Owner, state, entry.Bytes);
        }

        Write(incoming: true);
    }

    private void Lose(SessionEntry entry, string reason) => BrokerLog.SessionLost(_logger, entry.KernelName.Value, entry.Owner, reason);

    // What must not end the service, nor hide the failure before it.
    private void Attempt(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (SessionErrors.Translate(null, failure) is not null)
        {
            BrokerLog.SessionsUnknown(_logger, what, failure.Message);
        }
    }

    private T Do<T>(BrokerClient client, string method, string session, Func<T> action)
    {
        // Nothing else of it reaches the log, a path or the kernel.
        if (session.Length > SessionName.MaxBytes || !session.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':')) throw ServiceErrors.InvalidParameter("session");
        VarlinkException refused;
        try
        {
            return action();
        }
        catch (VarlinkException error)
        {
            refused = error;
        }
        catch (Exception failure) when (SessionErrors.Translate(session, failure) is { } error)
        {
            refused = error;
        }

        if (!refused.Error.StartsWith(SessionErrors.Interface, StringComparison.Ordinal)) throw refused;
        var cause = refused.Parameters.GetProperty("cause").GetString()!;
        BrokerLog.Refused(_logger, $"Sessions.{method}", $"session {session}", client, cause);
        var whose = new SessionOwner(client.Identity.UserId, client.Identity.Unit);
        _broker.Events.Publish(new BrokerEvent(Happening.Refused, DateTimeOffset.UtcNow, null, _broker.Report(client), cause) { Session = (session, whose) });
        throw refused;
    }

    private void Tell(Happening what, SessionEntry entry, BrokerClient client) =>
        _broker.Events.Publish(new BrokerEvent(what, DateTimeOffset.UtcNow, null, _broker.Report(client), null) { Session = (entry.Name, entry.Owner) });
}
