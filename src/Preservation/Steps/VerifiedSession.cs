using Devices.LiveUpdate;
using Devices.Linux;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>All was found as it was saved. <see cref="Restore"/> is the next step, the first that writes to devices.</summary>
public sealed class VerifiedSession : Step
{
    private readonly IFdKeeper _keeper;
    private readonly RecordStore _store;
    private readonly StateRecord _record;

    internal VerifiedSession(IFdKeeper keeper, SessionName session, RecordStore store, StateRecord record)
    {
        _keeper = keeper;
        Session = session;
        _store = store;
        _record = record;
    }

    /// <summary>The session's name.</summary>
    public SessionName Session { get; }

    /// <summary>Called after each thing that <see cref="Restore"/> does, with its name: for tests that end the process there.</summary>
    internal Action<string> Progress { get; set; } = static _ => { };

    /// <summary>
    /// Binds the devices, maps their memory at the same addresses, restores configuration and interrupts, and lets them do DMA again: in
    /// this order. If this process dies on the way, the next one starts again from <see cref="ArrivedSession.Open"/>.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused a call; what is done stays done, and the keeper holds it.</exception>
    public RestoredSession Restore()
    {
        Take(nameof(Restore));
        var hand = new Reacquisition(_keeper, new KeeperNames(Session), _record) { Progress = Progress };
        // A process before this one has restored them under this kernel: they are taken as they are.
        if (_record.BootId == BootId.Current) return new RestoredSession(_keeper, Session, _store, _record, hand.AdoptAll());
        var devices = hand.RestoreAll();
        _record.BootId = BootId.Current;
        _store.Write(_record);
        Progress("record");
        return new RestoredSession(_keeper, Session, _store, _record, devices);
    }
}
