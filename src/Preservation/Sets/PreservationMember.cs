using System.Diagnostics;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation.Members;
using Devices.Varlink;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Preservation;

/// <summary>
/// Has this process's devices go over a jump that another process makes, together with those of others: it serves <c>io.devkeep.Member</c> on a socket, for
/// <c>devkeep update --member</c>. Drivers hear <see cref="Vfio.IKeepableDriver.Quiesce"/> on its threads, while the process's own use the devices.
/// </summary>
public sealed partial class PreservationMember : IDisposable
{
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = SocketMode | UnixFileMode.UserExecute;
    private const uint Root = 0;

    private readonly string _path;
    private readonly string _name;
    private readonly Func<PreservationRequest> _request;
    private readonly ILogger _logger;
    private readonly UnixStream _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;

    // One call at a time; Status asks without it.
    private readonly Lock _gate = new();
    private PreservedSession? _preserved;
    private FrozenSession? _frozen;
    private long _client;
    private TimeSpan? _lastFreeze;
    private StatusMessage _status;

    private PreservationMember(string path, string name, Func<PreservationRequest> request, ILogger logger)
    {
        _path = Path.GetFullPath(path);
        _name = name;
        _request = request;
        _logger = logger;
        _status = new StatusMessage(name, MemberState.Idle, null, []);
        _listener = SocketPath.Listen(_path, SocketMode, FolderMode);
        var server = new VarlinkServer(new VarlinkService(new ServiceInfo("Devices", name, RecordBuilder.Version, "", []), [Build()], MemberInterface.Translate), _listener);
        _thread = new Thread(() => server.Run(_end.Token)) { IsBackground = true, Name = "member" };
        _thread.Start();
    }

    /// <summary>How far it is.</summary>
    public MemberState State => Volatile.Read(ref _status).State;

    /// <summary>Serves from now on, on threads of its own.</summary>
    /// <param name="path">The socket: for its user alone, and root. Its folder is made if need be.</param>
    /// <param name="name">What the process is called in messages and in the audit log.</param>
    /// <param name="request">
    /// Tells what to keep, each time that somebody plans or preserves; its <see cref="PreservationRequest.NextKernel"/> and <see cref="PreservationRequest.FreezeLimit"/> are the caller's matter.
    /// </param>
    /// <param name="logger">Where to tell what nobody is there to hear; null for nowhere.</param>
    /// <exception cref="LinuxException">Somebody listens there already, or it cannot be listened at.</exception>
    /// <exception cref="InvalidOperationException">Others could put a socket in the place of this one.</exception>
    public static PreservationMember Serve(string path, string name, Func<PreservationRequest> request, ILogger<PreservationMember>? logger = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(request);
        return new PreservationMember(path, name, request, logger ?? (ILogger)NullLogger.Instance);
    }

    /// <summary>Ends it; what was preserved is thawed and given up, and the devices work on.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        File.Delete(_path);
        _listener.Dispose();
        _end.Dispose();
    }

    private VarlinkInterface Build()
    {
        var json = MemberMessages.Default;
        return new VarlinkInterface(MemberInterface.Description)
            .On("Status", json.NoParameters, json.StatusMessage, (call, _) => Trusted(call, () => Volatile.Read(ref _status)))
            .On("Plan", json.NoParameters, json.PlanMessage, (call, _) => Alone(call, Plan))
            .On("Preserve", json.LimitMessage, json.NoParameters, (call, asked) => Alone(call, () => Preserve(call, asked.FreezeLimitMs)))
            .On("Freeze", json.NoParameters, json.FrozenMessage, (call, _) => Alone(call, () => Freeze(call)))
            .On("Thaw", json.NoParameters, json.NoParameters, (call, _) => Alone(call, () => Thaw(call)))
            .On("Discard", json.NoParameters, json.NoParameters, (call, _) => Alone(call, () => Discard(call)));
    }

    private PlanMessage Plan()
    {
        Require(MemberState.Idle, "It is under way already.", "Let the other one end, or end it.");
        var request = _request() with { NextKernel = null };
        var report = Preflighter.Check(request);
        var findings = report.Findings.ToList();
        if (request.Keeper.Status().Sessions.Any(held => held.Name == request.Session) && !request.IsSessionAdopted)
        {
            findings.Add(new PreflightFinding(
                "session", $"session {request.Session}", FindingLevel.Refused, "Its keeper holds one of that name already.", $"Finish it, or give it up: devkeep discard --session {request.Session}"));
        }

        var functions = request.Devices.Select(static kept => PciFunction.Open(kept.Device.Address));
        return new PlanMessage(
            _name,
            request.Session.Value,
            [.. functions.Zip(report.Tiers, static (function, tier) => DeviceMessage.Of(MemberDevice.Of(function, tier.Tier)))],
            [.. findings.Select(FindingMessage.Of)],
            request.Memory.Sum(static memory => memory.File.Length),
            _lastFreeze?.TotalMilliseconds);
    }

    private NoParameters Preserve(VarlinkCall call, long freezeLimitMs)
    {
        Require(MemberState.Idle, "It is under way already.", "Let the other one end, or end it.");
        if (freezeLimitMs is <= 0 or > int.MaxValue) throw ServiceErrors.InvalidParameter("freezeLimitMs");
        var request = _request() with { NextKernel = null, FreezeLimit = TimeSpan.FromMilliseconds(freezeLimitMs) };
        _preserved = PreservationPlan.Create(request).Preserve();
        var connection = call.Connection;
        _client = connection.Id;
        connection.AtEnd(() => GiveUp(connection.Id));
        Say(MemberState.Preserved);
        return new NoParameters();
    }

    private FrozenMessage Freeze(VarlinkCall call)
    {
        RequireClient(call);
        Require(MemberState.Preserved, "Freeze takes what is preserved.", "Preserve first.");
        var start = Stopwatch.GetTimestamp();
        _frozen = _preserved!.Freeze();
        _lastFreeze = Stopwatch.GetElapsedTime(start);
        Say(MemberState.Frozen);
        return new FrozenMessage([.. _frozen.StoppedHolders.Select(static holder => holder.ToString())], _frozen.RecordLength);
    }

    private NoParameters Thaw(VarlinkCall call)
    {
        RequireClient(call);
        Require(MemberState.Frozen, "Thaw takes what is frozen.", "Freeze first.");
        Thaw();
        return new NoParameters();
    }

    private NoParameters Discard(VarlinkCall call)
    {
        RequireClient(call);
        Discard();
        return new NoParameters();
    }

    private void Thaw()
    {
        if (_frozen is null) return;
        _preserved = _frozen.Thaw();
        _frozen = null;
        Say(MemberState.Preserved);
    }

    private void Discard()
    {
        Thaw();
        _preserved?.Discard();
        _preserved = null;
        _client = 0;
        Say(MemberState.Idle);
    }

    // Who jumps has gone without jumping.
    private void GiveUp(long client)
    {
        lock (_gate)
        {
            if (_client != client) return;
            try
            {
                Discard();
                LogGivenUp(_logger, _name);
            }
            catch (Exception failure)
            {
                LogNotGivenUp(_logger, _name, failure);
            }
        }
    }

    private static T Trusted<T>(VarlinkCall call, Func<T> answer)
        => call.Connection.Peer.UserId is var user && (user == Root || user == ProcessRights.UserId) ? answer() : throw ServiceErrors.PermissionDenied();

    private T Alone<T>(VarlinkCall call, Func<T> answer) => Trusted(call, () =>
    {
        if (!_gate.TryEnter()) throw MemberInterface.WrongState(State, "Another client's call is being answered.", "Try again when it has ended.");
        try
        {
            return answer();
        }
        finally
        {
            _gate.Exit();
        }
    });

    private void RequireClient(VarlinkCall call)
    {
        if (_client != call.Connection.Id) throw MemberInterface.WrongState(State, _client == 0 ? "Nothing is preserved." : "It is another client's, who preserved it.", "Preserve first, over this connection.");
    }

    private void Require(MemberState state, string cause, string remedy)
    {
        if (State != state) throw MemberInterface.WrongState(State, cause, remedy);
    }

    private void Say(MemberState state) => Volatile.Write(
        ref _status,
        new StatusMessage(_name, state, _preserved?.Session.Value, [.. (_preserved?.Devices ?? []).Select(static kept => kept.Device.Address.ToString())]));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}: who was to jump has gone; the devices work on and the session is given up")]
    private static partial void LogGivenUp(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Name}: who was to jump has gone, and what it had had preserved could not be given up")]
    private static partial void LogNotGivenUp(ILogger logger, string name, Exception failure);
}
