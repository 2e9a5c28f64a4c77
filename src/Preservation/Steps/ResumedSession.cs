using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>The devices serve again. <see cref="Finish"/> ends the session.</summary>
public sealed class ResumedSession : Step
{
    private readonly IFdKeeper _keeper;
    private readonly RecordStore _store;
    private readonly IReadOnlyList<DeviceInHand> _devices;

    internal ResumedSession(IFdKeeper keeper, SessionName session, RecordStore store, IReadOnlyList<DeviceInHand> devices, Blackout blackout)
    {
        _keeper = keeper;
        Session = session;
        _store = store;
        _devices = devices;
        Blackout = blackout;
    }

    /// <summary>The session's name.</summary>
    public SessionName Session { get; }

    /// <summary>The devices, with their drivers.</summary>
    public IReadOnlyList<KeptDevice> Devices => [.. _devices.Select(static device => device.Kept)];

    /// <summary>How long the devices did not serve. Where a process before this one restored or resumed them, its time is in it.</summary>
    public Blackout Blackout { get; }

    /// <summary>
    /// Ends the session: the kernel lets go of it, and memory and devices are ordinary again. They stay with the keeper, which gives up
    /// only the record; the devices' reset methods are the kernel's default again, for whoever gets them next.
    /// </summary>
    /// <exception cref="Linux.LinuxException">EBUSY: the kernel does not let go; try again.</exception>
    public void Finish()
    {
        Take(nameof(Finish));
        try
        {
            _keeper.Finish(Session);
        }
        catch
        {
            GiveBack();
            throw;
        }

        _keeper.Remove(new KeeperNames(Session).Record);
        _store.Dispose();
        foreach (var device in _devices)
        {
            if (device.Function.ResetMethods is { HasFile: true, IsCleared: true } methods) methods.RestoreDefault();
        }
    }
}
