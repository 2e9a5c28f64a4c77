using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>A session of the kernel before, retrieved into the keeper, with its record read. <see cref="Verify"/> is the next step.</summary>
public sealed class ArrivedSession : Step
{
    private readonly IFdKeeper _keeper;
    private readonly RecordStore _store;
    private readonly StateRecord _record;

    private ArrivedSession(IFdKeeper keeper, SessionName session, RecordStore store, StateRecord record)
    {
        _keeper = keeper;
        Session = session;
        _store = store;
        _record = record;
    }

    /// <summary>The session's name.</summary>
    public SessionName Session { get; }

    /// <summary>The devices that it has.</summary>
    public IReadOnlyList<PciAddress> Devices => [.. _record.Devices.Select(static device => PciAddress.Parse(device.Address))];

    /// <summary>The names of the memory that no device has mapped: what programs have their data in.</summary>
    public IReadOnlyList<string> UnmappedMemory
    {
        get
        {
            var mapped = _record.Ioas.SelectMany(static ioas => ioas.Mappings).Select(static mapping => mapping.MemoryToken).ToHashSet();
            return [.. _record.Memory.Where(memory => !mapped.Contains(memory.Token)).Select(static memory => memory.Name)];
        }
    }

    /// <summary>What was given as <see cref="PreservationRequest.HostConfigCache"/>; empty if nothing was.</summary>
    public ReadOnlyMemory<byte> HostConfigCache => _record.HostConfigCache.Memory;

    /// <summary>Retrieves a session and reads its record. Repeating it, in another process too, is harmless.</summary>
    /// <param name="keeper">Who holds it from now on.</param>
    /// <param name="session">Its name.</param>
    /// <exception cref="LinuxException">ENOENT: no such session came over. EBUSY: another process holds <c>/dev/liveupdate</c>.</exception>
    /// <exception cref="RecordException">The record cannot be used. Everything stays with the keeper.</exception>
    /// <exception cref="SessionStateException">It was not frozen, or this is still the kernel that preserved it.</exception>
    public static ArrivedSession Open(IFdKeeper keeper, SessionName session)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        var names = new KeeperNames(session);
        try
        {
            keeper.RetrieveSession(session);
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ENOENT && keeper.Status().Sessions.Any(held => held.Name == session && held.Direction == SessionDirection.Outgoing))
        {
            throw SessionStateException.SameKernel(session);
        }

        keeper.RetrieveFd(session, new FdToken(RecordFormat.Token), names.Record);
        var store = RecordStore.Open(keeper.Get(names.Record) ?? throw SessionStateException.NotHeld(session));
        try
        {
            var record = store.Read(out var damage);
            if (record.Phase is not (Phase.Frozen or Phase.Resumed)) throw damage ?? (Exception)SessionStateException.NotFrozen(session);
            if (record.Session != session.Value)
                throw new RecordException("session", $"saved \"{record.Session}\", found \"{session}\"", "The memfd of token 0 is another session's record");
            return new ArrivedSession(keeper, session, store, record);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Retrieves the memory and compares everything with what was saved. Nothing is written to any device; on failure the keeper holds
    /// everything still, and this step can be taken again once the cause is mended. VFs end with a kernel: where they are not enabled yet, it is their PF that is
    /// looked at, and <see cref="VerifiedSession.Restore"/> compares them.
    /// </summary>
    /// <exception cref="VerificationException">Something differs: device or memory, field, saved and found value are named.</exception>
    /// <exception cref="LinuxException">A memory cannot be retrieved.</exception>
    public VerifiedSession Verify()
    {
        Take(nameof(Verify));
        try
        {
            foreach (var memory in _record.Memory) VerifyMemory(memory);
            var kept = Devices.ToHashSet();
            var awaited = KeptVfs.Verify(_record);
            foreach (var device in _record.Devices.Where(device => !awaited.Contains(PciAddress.Parse(device.Address)))) DeviceVerifier.Verify(_record, device, kept);
            return new VerifiedSession(_keeper, Session, _store, _record, awaited);
        }
        catch
        {
            GiveBack();
            throw;
        }
    }

    private void VerifyMemory(Memory memory)
    {
        var name = new KeeperNames(Session).Memory(memory.Name);
        try
        {
            _keeper.RetrieveFd(Session, new FdToken(memory.Token), name);
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ENOENT)
        {
            throw new VerificationException($"memory \"{memory.Name}\"", "memfd", $"token {memory.Token}", "none", "The session does not have it: it was not preserved, and what the devices had there is lost");
        }

        using var file = MemFd.Adopt(_keeper.Get(name) ?? throw SessionStateException.NotHeld(Session));
        if (file.Length != (long)memory.Length)
            throw new VerificationException($"memory \"{memory.Name}\"", "length", $"0x{memory.Length:x}", $"0x{file.Length:x}", "It is not the memory that was preserved");
        if (!file.Seals.HasFlag(MemFdSeals.FixedSize))
            throw new VerificationException($"memory \"{memory.Name}\"", "seals", $"{MemFdSeals.FixedSize}", $"{file.Seals}", "Its size could change under a device");
    }
}
