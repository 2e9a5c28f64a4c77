using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>
/// What will be kept and how: the flow's first step, which touches nothing. <see cref="Preserve"/> is the next.
/// </summary>
public sealed class PreservationPlan : Step
{
    private readonly PreservationRequest _request;
    private readonly StateRecord _record;

    private PreservationPlan(PreservationRequest request, PreflightReport report, StateRecord record)
    {
        _request = request;
        Report = report;
        _record = record;
    }

    /// <summary>What the preflight found.</summary>
    public PreflightReport Report { get; }

    /// <summary>The bytes that are set aside for the state record, in each of its two slots.</summary>
    public int RecordCapacity => RecordBuilder.Capacity(_record);

    /// <summary>Plans a request.</summary>
    /// <param name="request">What to keep.</param>
    /// <exception cref="PreflightException">Something would fail later; nothing was touched.</exception>
    public static PreservationPlan Create(PreservationRequest request)
    {
        var report = Preflighter.Check(request);
        if (!report.IsPassed) throw new PreflightException(report);
        var tiers = report.Tiers.ToDictionary(static assessment => assessment.Address, static assessment => assessment.Tier);
        return new PreservationPlan(request, report, RecordBuilder.Build(request, tiers));
    }

    /// <summary>
    /// Gives everything to the keeper, puts the memory into a session, and loads the next kernel, if the request has one. The devices work on; drivers come
    /// to rest for a moment so that the record has their state.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused; all was undone and the plan can be carried out again.</exception>
    /// <exception cref="KeeperException">The keeper refused; likewise.</exception>
    public PreservedSession Preserve()
    {
        Take(nameof(Preserve));
        var keeper = _request.Keeper;
        var session = _request.Session;
        var names = new KeeperNames(session);
        var held = new List<string>();
        var created = false;
        RecordStore? store = null;
        try
        {
            if (!_request.IsSessionAdopted) keeper.CreateSession(session);
            created = true;
            store = RecordStore.Create(names.Record, RecordCapacity);
            Hold(names.Record, store.Fd);
            foreach (var memory in _request.Memory) Hold(names.Memory(memory.Name), memory.File.Fd);
            var contexts = RecordBuilder.Contexts(_request);
            for (var index = 0; index < contexts.Count; index++) Hold(names.Iommufd((uint)index), contexts[index].Fd);
            foreach (var kept in _request.Devices) Hold(names.Device(kept.Device.Address), kept.Device.Fd);

            keeper.Preserve(session, names.Record, new FdToken(RecordFormat.Token));
            for (var index = 0; index < _request.Memory.Count; index++)
                keeper.Preserve(session, names.Memory(_request.Memory[index].Name), RecordBuilder.TokenOf(index));
            if (_request.NextKernel is { } next) LoadKernel(next);
            var devices = _request.Devices.Select(static kept => new DeviceInHand(kept)).ToList();
            var preserved = new PreservedSession(keeper, session, devices, store, _record, _request.FreezeLimit, _request.Firmware, loadsKernel: _request.NextKernel is not null);
            preserved.Checkpoint();
            return preserved;
        }
        catch
        {
            store?.Dispose();
            if (created) keeper.Discard(session);
            foreach (var name in held) keeper.Remove(name);
            GiveBack();
            throw;
        }

        void Hold(string name, FileDescriptor fd)
        {
            keeper.Put(name, fd, replace: true);
            held.Add(name);
        }
    }

    private void LoadKernel(NextKernel next)
    {
        var functions = _request.Devices.Select(static kept => PciFunction.Open(kept.Device.Address)).ToList();
        using var initrd = next.OpenInitrd();
        Kexec.Load(next.Image, next.ComposeFor(functions), initrd);
    }
}
