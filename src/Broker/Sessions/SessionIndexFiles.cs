using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Broker;

/// <summary>
/// Where the sessions are written down: those of this kernel, and those that came over. A memfd each, which the keeper holds for the service's next run; the one of this
/// kernel is in a session of its own, by whose name the next kernel's service finds it.
/// </summary>
internal sealed class SessionIndexFiles(IFdKeeper keeper) : IDisposable
{
    // The kernel's device has one opener at a time, who has it open for a moment.
    private const int Tries = 50;
    private const string OutgoingName = "devkeepd:index/outgoing";
    private const string IncomingName = "devkeepd:index/incoming";
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly FdToken s_token = new(0);

    private StateFile? _outgoing;
    private StateFile? _incoming;

    /// <summary>The session that it comes over in.</summary>
    internal static SessionName Session { get; } = new("devkeepd:index");

    /// <summary>What this kernel's runs wrote; nothing where they wrote nothing.</summary>
    /// <exception cref="InvalidDataException">It cannot be believed.</exception>
    internal IReadOnlyList<SessionEntry> ReadOutgoing()
    {
        if (keeper.Get(OutgoingName) is not { } file) return [];
        _outgoing = StateFile.Adopt(file, out var content);
        return SessionIndex.Read(content) is { } index && index.Boot == BootId.Current ? index.Sessions : throw new InvalidDataException("it is of another boot.");
    }

    /// <summary>What came from the kernel before, as far as it has not ended; nothing where nothing came.</summary>
    /// <exception cref="InvalidDataException">It cannot be believed.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal IReadOnlyList<SessionEntry> ReadIncoming()
    {
        if (!TryRetrieve()) return [];
        keeper.RetrieveFd(Session, s_token, IncomingName);
        _incoming = StateFile.Adopt(keeper.Get(IncomingName) ?? throw new InvalidDataException("the keeper has let go of it."), out var content);
        return SessionIndex.Read(content).Sessions;
    }

    /// <summary>Writes this kernel's sessions down; where there is none left, nothing is kept.</summary>
    internal void WriteOutgoing(IReadOnlyList<SessionEntry> sessions)
    {
        if (sessions.Count == 0) DiscardOutgoing();
        else if (_outgoing is not null) _outgoing.Write(SessionIndex.Write(sessions));
        else Create(SessionIndex.Write(sessions));
    }

    /// <summary>Writes down what is left of those that came over; where none is, the next service has nothing to look for.</summary>
    internal void WriteIncoming(IReadOnlyList<SessionEntry> sessions)
    {
        if (_incoming is null) return;
        if (sessions.Count > 0)
        {
            _incoming.Write(SessionIndex.Write(sessions));
            return;
        }

        keeper.Finish(Session);
        keeper.Remove(IncomingName);
        _incoming.Dispose();
        _incoming = null;
    }

    /// <summary>Gives up what is there of this kernel's, whatever it is.</summary>
    internal void DiscardOutgoing()
    {
        if (keeper.Status().Sessions.Any(static held => held.Name == Session && held.Direction == SessionDirection.Outgoing)) keeper.Discard(Session);
        keeper.Remove(OutgoingName);
        _outgoing?.Dispose();
        _outgoing = null;
    }

    /// <summary>Closes what is open here; the keeper keeps its own.</summary>
    public void Dispose()
    {
        _outgoing?.Dispose();
        _incoming?.Dispose();
    }

    private void Create(ReadOnlySpan<byte> content)
    {
        var file = StateFile.Create(OutgoingName);
        try
        {
            file.Write(content);
            keeper.CreateSession(Session);
            keeper.Put(OutgoingName, file.Fd, replace: true);
            keeper.Preserve(Session, OutgoingName, s_token);
            _outgoing = file;
        }
        catch
        {
            file.Dispose();
            DiscardOutgoing();
            throw;
        }
    }

    private bool TryRetrieve()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                keeper.RetrieveSession(Session);
                return true;
            }
            catch (LinuxException none) when (none.Errno == Errno.ENOENT)
            {
                return false;
            }
            catch (LinuxException busy) when (busy.Errno == Errno.EBUSY && tries < Tries)
            {
                Thread.Sleep(s_pause);
            }
        }
    }
}
