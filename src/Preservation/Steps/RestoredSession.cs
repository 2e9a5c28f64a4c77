using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation.Messages;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>The devices are as they were at the freeze, and at rest. <see cref="Resume"/> is the next step.</summary>
public sealed class RestoredSession : Step
{
    private readonly IFdKeeper _keeper;
    private readonly RecordStore _store;
    private readonly StateRecord _record;
    private readonly ulong _restoredAt = TimeStampCounter.Now;

    internal RestoredSession(IFdKeeper keeper, SessionName session, RecordStore store, StateRecord record, IReadOnlyList<RestoredDevice> devices)
    {
        _keeper = keeper;
        Session = session;
        _store = store;
        _record = record;
        Devices = devices;
    }

    /// <summary>The session's name.</summary>
    public SessionName Session { get; }

    /// <summary>The devices.</summary>
    public IReadOnlyList<RestoredDevice> Devices { get; }

    /// <summary>Hands the devices to their drivers, which go on.</summary>
    /// <param name="drivers">
    /// Continues a device's driver from its saved state, at rest (or initialises the device, after <see cref="PreservationTier.Cold"/>);
    /// null where this process has none for it.
    /// </param>
    public ResumedSession Resume(Func<RestoredDevice, IKeepableDriver?> drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        Take(nameof(Resume));
        var devices = Devices.Select(device => new DeviceInHand(new KeptDevice(device.Attachment, drivers(device)))).ToList();
        // From here on a driver's saved state is not the newest; a successor's driver sees by its own means whether it went on.
        _record.Phase = Phase.Resumed;
        _store.Write(_record);
        Quiescence.Resume(devices);
        var blackout = Blackout.Measure(_record.Timeline, _keeper.Status().ProcessId, _restoredAt, TimeStampCounter.Now);
        return new ResumedSession(_keeper, Session, _store, devices, blackout);
    }
}
