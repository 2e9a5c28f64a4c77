using System.Text.Json.Serialization.Metadata;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation.Members;
using Devices.Varlink;

namespace Devices.Preservation;

/// <summary>A member in another process, at its socket (<see cref="PreservationMember"/>). If this object is disposed, or this process ends, it goes on as if nothing had been.</summary>
public sealed class RemoteMember : ISetMember, IDisposable
{
    private const uint Root = 0;

    // Much memory takes its time to be preserved.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    // What the member's process needs besides what its devices may take: other holders, the devices, writing it down.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly VarlinkClient _client;
    private VarlinkClient? _freezing;
    private bool _isLost;

    private RemoteMember(string path, VarlinkClient client)
    {
        _path = path;
        _client = client;
        ProcessId = client.Peer.ProcessId;
        Name = path;
    }

    /// <inheritdoc/>
    public string Name { get; private set; }

    /// <inheritdoc/>
    public int? ProcessId { get; }

    /// <summary>The bytes of its record, once it is frozen.</summary>
    public int RecordLength { get; private set; }

    /// <summary>Connects to a member.</summary>
    /// <param name="path">Its socket.</param>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
    /// <exception cref="MemberException">Who listens there is not root, nor this user, or no member.</exception>
    public static RemoteMember Connect(string path)
    {
        var client = VarlinkClient.Connect(path, MemberInterface.Description, s_patience, "Start the member's process, or leave it out.");
        var member = new RemoteMember(path, client);
        try
        {
            if (client.Peer.UserId is var user && user != Root && user != ProcessRights.UserId)
                throw new MemberException($"{path}: who listens there is user {user}, and a member is root's, or one's own.");
            using var asking = member.Beside(s_answer);
            member.Name = member.Call(asking, "Status", new NoParameters(), MemberMessages.Default.NoParameters, MemberMessages.Default.StatusMessage).Name;
            return member;
        }
        catch
        {
            member.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public MemberPlan Plan()
    {
        var plan = Call(_client, "Plan", new NoParameters(), MemberMessages.Default.NoParameters, MemberMessages.Default.PlanMessage);
        try
        {
            return new MemberPlan(
                new SessionName(plan.Session),
                [.. plan.Devices.Select(static device => device.ToDevice())],
                [.. plan.Findings.Select(static finding => finding.ToFinding())],
                plan.Memory,
                plan.FreezeMs is { } took ? TimeSpan.FromMilliseconds(took) : null);
        }
        catch (Exception nonsense) when (nonsense is FormatException or ArgumentException)
        {
            throw new MemberException($"{this}: its plan cannot be used: {nonsense.Message}", nonsense);
        }
    }

    /// <inheritdoc/>
    public void Preserve(TimeSpan freezeLimit)
    {
        Call(_client, "Preserve", new LimitMessage((long)Math.Ceiling(freezeLimit.TotalMilliseconds)), MemberMessages.Default.LimitMessage, MemberMessages.Default.NoParameters);
        _freezing?.Dispose();
        _freezing = Beside((2 * freezeLimit) + s_grace);
    }

    /// <inheritdoc/>
    public void Freeze() => RecordLength = Call(_freezing!, "Freeze", new NoParameters(), MemberMessages.Default.NoParameters, MemberMessages.Default.FrozenMessage).RecordLength;

    /// <inheritdoc/>
    public void RequireFrozen()
    {
        using var asking = Beside(s_answer);
        var state = Call(asking, "Status", new NoParameters(), MemberMessages.Default.NoParameters, MemberMessages.Default.StatusMessage).State;
        if (state != MemberState.Frozen) throw new MemberException($"{this}: it is {state} though it was frozen: something else has thawed it.");
    }

    /// <inheritdoc/>
    public void Thaw() => Undo("Thaw");

    /// <inheritdoc/>
    public void Discard() => Undo("Discard");

    /// <summary>Ends the connection: what was preserved over it is thawed and given up.</summary>
    public void Dispose()
    {
        _freezing?.Dispose();
        _client.Dispose();
    }

    /// <summary>Its name, process and socket.</summary>
    public override string ToString() => Name == _path ? $"member {_path} (pid {ProcessId})" : $"member {Name} (pid {ProcessId}, {_path})";

    // One that did not answer before will not now: it goes back by itself when it finds the connection ended, which is the least that it hears.
    private void Undo(string method)
    {
        if (_isLost)
        {
            Dispose();
            return;
        }

        Call(_client, method, new NoParameters(), MemberMessages.Default.NoParameters, MemberMessages.Default.NoParameters);
    }

    private VarlinkClient Beside(TimeSpan timeout) => VarlinkClient.Adopt(UnixStream.Adopt(_client.Connection.Duplicate()), MemberInterface.Description, timeout);

    private TReturns Call<TParameters, TReturns>(VarlinkClient client, string method, TParameters parameters, JsonTypeInfo<TParameters> parametersType, JsonTypeInfo<TReturns> returnsType)
    {
        if (_isLost) throw new MemberException($"{this} did not answer before; {method} was not asked.");
        try
        {
            return client.Call(method, parameters, parametersType, returnsType).Value;
        }
        catch (VarlinkException refusal)
        {
            throw new MemberException($"{this}: {method}: {refusal.Explain()}", refusal);
        }
        catch (TimeoutException late)
        {
            _isLost = true;
            throw new MemberException($"{this} did not answer {method} in time: it hangs. It goes back by itself when it finds this connection ended.", late);
        }
        catch (LinuxException broken)
        {
            _isLost = true;
            throw new MemberException($"{this} has ended, or closed its connection, instead of answering {method}. Its session, if a keeper holds it, is for the next process of its kind to take over or discard.", broken);
        }
        catch (VarlinkProtocolException nonsense)
        {
            _isLost = true;
            throw new MemberException($"{this}: {nonsense.Message}. Is it a member that listens there?", nonsense);
        }
    }
}
