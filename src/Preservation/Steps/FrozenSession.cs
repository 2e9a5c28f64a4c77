using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>The devices are at rest and the record says all. <see cref="Jump"/> replaces the kernel; <see cref="Thaw"/> goes back.</summary>
public sealed class FrozenSession : Step
{
    private readonly PreservedSession _preserved;
    private readonly RecordStore _store;
    private readonly StateRecord _record;
    private readonly OtherHolders _holders;

    internal FrozenSession(PreservedSession preserved, RecordStore store, StateRecord record, OtherHolders holders)
    {
        _preserved = preserved;
        _store = store;
        _record = record;
        _holders = holders;
    }

    /// <summary>The other processes that were stopped because they hold a kept device.</summary>
    public IReadOnlyList<FileHolder> StoppedHolders => _holders.Stopped;

    /// <summary>How long it is since the freeze began: so much of the blackout has passed.</summary>
    public TimeSpan FrozenFor => TimeStampCounter.Between(_record.Timeline.FreezeStarted, TimeStampCounter.Now);

    /// <summary>The bytes of the record that the next kernel's process will read.</summary>
    public int RecordLength => _record.CalculateSize();

    /// <summary>The bytes of the record that are a device's.</summary>
    /// <param name="address">The device's address.</param>
    public int RecordLengthOf(Pci.PciAddress address) => _record.Devices.First(device => device.Address == address.ToString()).CalculateSize();

    /// <summary>Jumps into the next kernel; this process ends with the running one. It returns only by throwing.</summary>
    /// <exception cref="LinuxException">reboot(2) refused: nothing has happened. <see cref="Thaw"/> brings the devices back.</exception>
    public void Jump()
    {
        Take(nameof(Jump));
        try
        {
            SystemReboot.SyncFileSystems();
            _record.Timeline.Jumped = TimeStampCounter.Now;
            _store.Write(_record);
            Kexec.Jump();
        }
        catch
        {
            GiveBack();
            throw;
        }
    }

    /// <summary>Goes back: the drivers go on in this kernel on the same queues, and the stopped processes with them.</summary>
    /// <returns>The step before, which can be frozen again.</returns>
    public PreservedSession Thaw()
    {
        Take(nameof(Thaw));
        _preserved.Thawed(_holders);
        return _preserved;
    }
}
