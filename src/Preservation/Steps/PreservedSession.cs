using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation.Messages;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>
/// Memory is in the session, descriptors are with the keeper, and the devices work. <see cref="Freeze"/> is the next step;
/// <see cref="Discard"/> gives it up. If this process dies, another one goes on by <see cref="TakeOver"/>.
/// </summary>
public sealed class PreservedSession : Step
{
    private readonly IFdKeeper _keeper;
    private readonly IReadOnlyList<DeviceInHand> _devices;
    private readonly RecordStore _store;
    private readonly StateRecord _record;
    private readonly TimeSpan _limit;
    private readonly Func<PciFunction, string?>? _firmware;
    private readonly bool _loadsKernel;

    internal PreservedSession(
        IFdKeeper keeper,
        SessionName session,
        IReadOnlyList<DeviceInHand> devices,
        RecordStore store,
        StateRecord record,
        TimeSpan limit,
        Func<PciFunction, string?>? firmware,
        bool loadsKernel)
    {
        _keeper = keeper;
        Session = session;
        _devices = devices;
        _store = store;
        _record = record;
        _limit = limit;
        _firmware = firmware;
        _loadsKernel = loadsKernel;
    }

    /// <summary>The session's name.</summary>
    public SessionName Session { get; }

    /// <summary>The devices.</summary>
    public IReadOnlyList<KeptDevice> Devices => [.. _devices.Select(static device => device.Kept)];

    /// <summary>Goes on where a process died that had preserved a session under this same kernel: nothing is bound, mapped or reset anew.</summary>
    /// <param name="keeper">Who holds it.</param>
    /// <param name="session">The session's name.</param>
    /// <param name="drivers">Continues a device's driver from the state of the last checkpoint; null where a device has none.</param>
    /// <param name="freezeLimit">How long devices and other holders may take to come to rest at the freeze.</param>
    /// <param name="firmware">As <see cref="PreservationRequest.Firmware"/>.</param>
    /// <param name="loadsKernel">Whether the next kernel was loaded with it (<see cref="PreservationRequest.NextKernel"/>); false where somebody else loads it.</param>
    /// <exception cref="SessionStateException">The keeper does not hold it, or it comes from another kernel.</exception>
    /// <exception cref="RecordException">The record cannot be used.</exception>
    public static PreservedSession TakeOver(
        IFdKeeper keeper,
        SessionName session,
        Func<RestoredDevice, IKeepableDriver?> drivers,
        TimeSpan? freezeLimit = null,
        Func<PciFunction, string?>? firmware = null,
        bool loadsKernel = true)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        ArgumentNullException.ThrowIfNull(drivers);
        var names = new KeeperNames(session);
        var store = RecordStore.Open(keeper.Get(names.Record) ?? throw SessionStateException.NotHeld(session));
        try
        {
            var record = store.Read(out _); // a slot half written when the worker died is the reason for the other one
            if (record.BootId != BootId.Current.ToString()) throw SessionStateException.OtherKernel(session);
            var hand = new Reacquisition(keeper, names, record, firmware);
            var restored = hand.AdoptAll();
            var devices = restored.Select(device => new DeviceInHand(new KeptDevice(device.Attachment, drivers(device)))).ToList();
            // If the process before this one died frozen, its record must not be taken for the devices' state once they go on.
            record.Phase = Phase.Preserved;
            record.Timeline = new Timeline();
            store.Write(record);
            Quiescence.Resume(devices);
            return new PreservedSession(keeper, session, devices, store, record, freezeLimit ?? PreservationRequest.DefaultFreezeLimit, firmware, loadsKernel);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes the devices' present state into the record, for whoever takes over if this process dies. Drivers come to rest for a
    /// moment. After a checkpoint a driver's successor can continue as long as the driver itself has not gone on.
    /// </summary>
    /// <exception cref="TimeoutException">A device did not come to rest in time; everything goes on.</exception>
    /// <exception cref="RecordException">The record has outgrown its memory.</exception>
    public void Checkpoint()
    {
        CheckNotTaken(nameof(Checkpoint));
        Quiescence.Quiesce(_devices, _limit);
        try
        {
            Capture(Phase.Preserved);
        }
        finally
        {
            Quiescence.Resume(_devices);
        }
    }

    /// <summary>
    /// Brings the devices to rest, stops the other processes that hold them, and completes the record. The blackout begins.
    /// <see cref="FrozenSession.Jump"/> is the next step; <see cref="FrozenSession.Thaw"/> goes back.
    /// </summary>
    /// <exception cref="TimeoutException">A device did not come to rest in time; everything goes on.</exception>
    /// <exception cref="LinuxException">Another holder could not be stopped; everything goes on.</exception>
    /// <exception cref="InvalidOperationException">No kernel is loaded, or the step was taken already.</exception>
    public FrozenSession Freeze()
    {
        Take(nameof(Freeze));
        OtherHolders? holders = null;
        var resting = false;
        try
        {
            if (_loadsKernel && !Kexec.IsLoaded) throw new InvalidOperationException($"No kernel is loaded for the jump of session {Session}: somebody unloaded it. Discard the session and preserve again.");
            if (_loadsKernel) SystemReboot.SyncFileSystems(); // most of what the sync at the jump would write, while the devices still work
            _record.Timeline.FreezeStarted = TimeStampCounter.Now;
            var exempt = new HashSet<int> { Environment.ProcessId, _keeper.Status().ProcessId, OtherHolders.Init };
            holders = OtherHolders.Stop(_devices.SelectMany(static device => device.Files).ToHashSet(), exempt, _limit);
            Quiescence.Quiesce(_devices, _limit);
            resting = true;
            // Where others jump this process is not asked again.
            if (!_loadsKernel) _record.Timeline.Jumped = TimeStampCounter.Now;
            Capture(Phase.Frozen);
            return new FrozenSession(this, _store, _record, holders);
        }
        catch
        {
            if (resting) Quiescence.Resume(_devices);
            holders?.Continue();
            GiveBack();
            throw;
        }
    }

    /// <summary>Gives the session up: nothing reaches the next kernel, and the keeper lets go of what it held for it. The devices work on in this process.</summary>
    public void Discard()
    {
        Take(nameof(Discard));
        _keeper.Discard(Session);
        foreach (var name in HeldNames.Of(_keeper, Session)) _keeper.Remove(name);
        if (_loadsKernel && Kexec.IsLoaded) Kexec.Unload();
        _store.Dispose();
    }

    /// <summary>Called by <see cref="FrozenSession.Thaw"/>: the devices work again and the step is this one again.</summary>
    internal void Thawed(OtherHolders holders)
    {
        _record.Timeline = new Timeline();
        _record.Phase = Phase.Preserved;
        _store.Write(_record);
        Quiescence.Resume(_devices);
        holders.Continue();
        GiveBack();
    }

    private void Capture(Phase phase)
    {
        foreach (var (device, message) in _devices.Zip(_record.Devices)) DeviceSnapshot.Capture(message, device.Function, device.Kept);
        ConfigCaches.Capture(_record, _devices, _firmware);
        _record.Phase = phase;
        _store.Write(_record);
    }
}
