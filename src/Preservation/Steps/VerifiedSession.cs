using Devices.LiveUpdate;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>All was found as it was saved. <see cref="Restore"/> is the next step, the first that writes to devices.</summary>
public sealed class VerifiedSession : Step
{
    private readonly IFdKeeper _keeper;
    private readonly RecordStore _store;
    private readonly StateRecord _record;

    internal VerifiedSession(IFdKeeper keeper, SessionName session, RecordStore store, StateRecord record, IReadOnlySet<PciAddress> vfsToEnable)
    {
        _keeper = keeper;
        Session = session;
        _store = store;
        _record = record;
        VfsToEnable = vfsToEnable;
    }

    /// <summary>The session's name.</summary>
    public SessionName Session { get; }

    /// <summary>The kept VFs that are not there yet: <see cref="Restore"/> enables and compares them first.</summary>
    public IReadOnlySet<PciAddress> VfsToEnable { get; }

    /// <summary>The names of all its memory.</summary>
    public IReadOnlyList<string> Memory => [.. _record.Memory.Select(static memory => memory.Name)];

    /// <summary>Opens memory that came over. The keeper holds it as before.</summary>
    /// <param name="name">One of <see cref="Memory"/>.</param>
    /// <exception cref="SessionStateException">The keeper has let go of it.</exception>
    public MemFd OpenMemory(string name) => MemFd.Adopt(_keeper.Get(new KeeperNames(Session).Memory(name)) ?? throw SessionStateException.NotHeld(Session));

    /// <summary>Called after each thing that <see cref="Restore"/> does, with its name and the device, by that device's thread: for tests that end the process there.</summary>
    internal Action<string, PciAddress?> Progress { get; set; } = static (_, _) => { };

    /// <summary>
    /// Enables VFs and compares them, binds the devices, maps their memory at the same addresses, restores configuration and interrupts, and lets them do DMA
    /// again: in this order, devices side by side. If this process dies on the way, the next one starts again from <see cref="ArrivedSession.Open"/>.
    /// </summary>
    /// <param name="firmware">
    /// Tells the version of a function's firmware now, where <see cref="PreservationRequest.Firmware"/> told it before: where they differ, or one is not known, what
    /// was cached of its configuration does not come back.
    /// </param>
    /// <param name="onFailure">What becomes of a device that the kernel does not let come back as it was kept.</param>
    /// <exception cref="VerificationException">VFs are not as they were; no kept device was touched, and this step can be taken again.</exception>
    /// <exception cref="LinuxException">The kernel refused a call; what is done stays done, and the keeper holds it.</exception>
    /// <exception cref="FunctionFailuresException">VFs did not go to vfio-pci; likewise.</exception>
    public RestoredSession Restore(Func<PciFunction, string?>? firmware = null, RestoreFailurePolicy onFailure = RestoreFailurePolicy.Stop)
    {
        Take(nameof(Restore));
        var hand = new Reacquisition(_keeper, new KeeperNames(Session), _record, firmware) { Progress = Progress, OnFailure = onFailure, Save = () => _store.Write(_record) };
        // A process before this one has restored them under this kernel: they are taken as they are.
        if (_record.BootId == BootId.Current.ToString()) return new RestoredSession(_keeper, Session, _store, _record, hand.AdoptAll());
        EnableVfs();
        var devices = hand.RestoreAll();
        _record.BootId = BootId.Current.ToString();
        _store.Write(_record);
        Progress("record", null);
        return new RestoredSession(_keeper, Session, _store, _record, devices);
    }

    private void EnableVfs()
    {
        try
        {
            KeptVfs.Enable(_record, Progress);
            var kept = _record.Devices.Select(static device => PciAddress.Parse(device.Address)).ToHashSet();
            foreach (var device in _record.Devices.Where(device => VfsToEnable.Contains(PciAddress.Parse(device.Address)))) DeviceVerifier.Verify(_record, device, kept);
        }
        catch
        {
            GiveBack();
            throw;
        }
    }
}
