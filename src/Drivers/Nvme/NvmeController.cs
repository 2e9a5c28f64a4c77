using System.Buffers;
using System.Diagnostics;
using Devices.Drivers.Abi;
using Devices.Drivers.State;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Drivers;

/// <summary>
/// An NVMe controller driven from user space: block reads and writes through queues in memory that the caller gives, so that both can be
/// kept over a change of kernel and the next process goes on where this one stopped.
/// </summary>
/// <remarks>
/// <para>All that the controller reads or writes on its own account lies in that one memory: admin and I/O queues, PRP lists, data buffers.
/// No Asynchronous Event Request is outstanding, no host memory buffer or shadow doorbell is given to it: a controller with no command in
/// flight does no DMA.</para>
/// <para>The order: <see cref="Start"/>; I/O; <see cref="Quiesce"/>, <see cref="Save"/>; the kernel changes; <see cref="Continue"/>, then
/// <see cref="Resume"/>; I/O on the same queues. The queue pairs have one owner each; the methods here are for one owner too.</para>
/// </remarks>
public sealed class NvmeController : IKeepableDriver, IDisposable
{
    private const string QuiescedText = "the controller is quiesced";
    private const uint TimestampWasSet = 1;

    private readonly NvmeRegisters _registers;
    private readonly DmaMemory _memory;
    private readonly NvmeQueue _adminQueue;
    private readonly NvmeAdmin _admin;
    private readonly NvmeQueuePair[] _queues;
    private readonly TimeSpan _limit;
    private readonly NvmeState? _continued;
    private bool _timestampSet;
    private bool _quiesced;
    private bool _ended;

    private NvmeController(NvmeRegisters registers, DmaMemory memory, NvmeAdmin admin, NvmeQueuePair[] queues, NvmeIdentity identity, NvmeNamespace ns, TimeSpan limit, NvmeState? continued)
    {
        _registers = registers;
        _memory = memory;
        _adminQueue = admin.Queue;
        _admin = admin;
        _queues = queues;
        _limit = limit;
        _continued = continued;
        Identity = identity;
        Namespace = ns;
    }

    /// <summary>The device.</summary>
    public PciAddress Address => _registers.Device;

    /// <summary>What it says of itself.</summary>
    public NvmeIdentity Identity { get; }

    /// <summary>The namespace that the queue pairs read and write.</summary>
    public NvmeNamespace Namespace { get; }

    /// <summary>Its capabilities.</summary>
    public NvmeCapabilities Capabilities => _registers.Capabilities;

    /// <summary>The I/O queue pairs; number i has id i + 1 and, with interrupts, vector i + 1. Vector 0 is the admin queue's.</summary>
    public IReadOnlyList<NvmeQueuePair> Queues => _queues;

    /// <summary>Whether it takes no commands because of <see cref="Quiesce"/>, or because it was continued and not resumed.</summary>
    public bool IsQuiesced => _quiesced;

    /// <inheritdoc/>
    /// <value><c>nvme</c>.</value>
    public string DriverName => NvmeStateReader.Driver;

    /// <inheritdoc/>
    public uint StateVersion => NvmeStateReader.Version;

    /// <summary>Initialises a controller: stops it if it runs, gives it the queues, enables it, creates the I/O queue pairs.</summary>
    /// <param name="attachment">The device, which reaches the memory. Memory Space and Bus Master are switched on.</param>
    /// <param name="memory">For the controller alone, at least <see cref="NvmeOptions.RequiredMemory"/> bytes; it must outlive the controller's use of it.</param>
    /// <param name="options">Queues and buffers.</param>
    /// <param name="interrupts">MSI-X with a vector for the admin queue and for each I/O queue pair, all with an eventfd; null polls.</param>
    /// <returns>The controller, ready for I/O.</returns>
    /// <exception cref="ArgumentException">The memory is too small or not reachable, or vectors are missing.</exception>
    /// <exception cref="DeviceTimeoutException">The controller did not stop, become ready or answer in time.</exception>
    /// <exception cref="DeviceException">It is gone, failed, refused a command or lacks what the options ask for.</exception>
    public static NvmeController Start(DmaAttachment attachment, DmaMemory memory, NvmeOptions options, InterruptVectors? interrupts = null)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(options);
        DeviceAccess.CheckReachable(attachment, memory, nameof(memory));
        var vectors = Vectors(interrupts, options.QueuePairs + 1);
        DeviceAccess.Enable(attachment.Device);
        return StartOn(attachment.Device.Address, new BarRegisters(attachment.Device.Bars[0].Map()), memory, options, vectors);
    }

    /// <summary>
    /// Goes on with a controller that was kept: checks that it is as it was saved and takes its queues over. Only reads until
    /// <see cref="Resume"/>: no register is written, no doorbell rung, no queue created.
    /// </summary>
    /// <param name="attachment">The restored device: Memory Space and Bus Master on, memory mapped where it was.</param>
    /// <param name="memory">The memory of the queues, with its contents, at the same IOVA.</param>
    /// <param name="state">What <see cref="Save"/> wrote; every field is checked.</param>
    /// <param name="interrupts">As at <see cref="Start"/>: given if and only if they were given there.</param>
    /// <param name="commandTimeout">How long a command may take; null is the default of <see cref="NvmeOptions.CommandTimeout"/>.</param>
    /// <returns>The controller, quiesced.</returns>
    /// <exception cref="DriverStateException">The state is damaged, too new, or has a value out of range.</exception>
    /// <exception cref="DeviceMismatchException">A register or the memory is not as it was saved.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    /// <exception cref="ArgumentException">The memory is not reachable, or vectors are missing.</exception>
    public static NvmeController Continue(DmaAttachment attachment, DmaMemory memory, ReadOnlySpan<byte> state, InterruptVectors? interrupts = null, TimeSpan? commandTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        ArgumentNullException.ThrowIfNull(memory);
        var saved = NvmeStateReader.Read(state);
        DeviceAccess.CheckReachable(attachment, memory, nameof(memory));
        var vectors = interrupts is null ? null : Vectors(interrupts, 1 + (int)saved.Queues.Concat([saved.Admin]).Max(q => q.Vector));
        DeviceAccess.CheckEnabled(attachment.Device);
        return ContinueOn(attachment.Device.Address, new BarRegisters(attachment.Device.Bars[0].Map()), memory, saved, vectors, commandTimeout ?? new NvmeOptions().CommandTimeout);
    }

    /// <summary>Whether a controller was reset since its state was saved, without continuing it; only reads registers.</summary>
    /// <param name="device">The device, with Memory Space on.</param>
    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="DriverStateException">The state is damaged, too new, or has a value out of range.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public static ResetEvidence ReadResetEvidence(VfioDevice device, ReadOnlySpan<byte> state)
    {
        ArgumentNullException.ThrowIfNull(device);
        var saved = NvmeStateReader.Read(state);
        using var registers = new NvmeRegisters(new BarRegisters(device.Bars[0].Map()), device.Address);
        return new ResetEvidence(device.Address, Compare(registers, saved));
    }

    /// <summary>
    /// Whether the controller was reset while it was kept. The registers are compared again and, where the controller has the Timestamp
    /// feature, its origin is asked for, which is an admin command on the continued queue.
    /// </summary>
    /// <remarks>
    /// CC and CSTS are the evidence: every Controller Level Reset clears CC.EN, and only a driver sets it. AQA, ASQ and ACQ tell of another
    /// driver that initialised it. INTMS, which a reset clears too, serves only where the controller is polled: the specification forbids
    /// access while MSI-X is on. The Timestamp's origin is 0 after a reset until it is set.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The controller was started here, not continued; or it was not resumed.</exception>
    /// <exception cref="DeviceException">The controller is gone, has failed or refused the command.</exception>
    /// <exception cref="DeviceTimeoutException">It did not answer in time.</exception>
    public ResetEvidence CheckNotReset()
    {
        if (_continued is null) throw new InvalidOperationException($"{Address}: the controller was started here: there is no earlier state to compare with.");
        ThrowIfEnded();
        var compared = Compare(_registers, _continued);
        if (_continued.TimestampSet) compared.Add(new RegisterComparison("Timestamp Origin", TimestampWasSet, _admin.ReadTimestampOrigin(), ClearedByReset: true));
        return new ResetEvidence(Address, compared);
    }

    /// <inheritdoc/>
    /// <exception cref="DeviceTimeoutException">Commands are still in flight after the command timeout; the controller works on as before.</exception>
    /// <exception cref="DeviceException">The controller is gone or has failed.</exception>
    public void Quiesce()
    {
        ThrowIfEnded();
        if (_quiesced) return;
        Close(QuiescedText);
        try
        {
            Drain(_adminQueue);
            foreach (var pair in _queues) Drain(pair.Queue);
        }
        catch
        {
            Close(null);
            throw;
        }

        _quiesced = true;
    }

    /// <inheritdoc/>
    public void Resume()
    {
        ThrowIfEnded();
        _registers.CheckAlive();
        Close(null);
        _quiesced = false;
    }

    /// <inheritdoc/>
    /// <remarks>Completions that came while quiescing and were not taken by the owners would be lost: they have to be taken first.</remarks>
    /// <exception cref="InvalidOperationException">The controller is not quiesced, or completions were not taken.</exception>
    public void Save(IBufferWriter<byte> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ThrowIfEnded();
        if (!_quiesced) throw new InvalidOperationException($"{Address}: the controller is not quiesced.");
        foreach (var pair in _queues)
        {
            if (pair.Queue.Untaken is var untaken and > 0)
                throw new InvalidOperationException($"{Address}: {untaken} completions of queue {pair.Id} were not taken: their results would be lost.");
        }

        var status = _registers.CheckAlive();
        var saved = new NvmeState
        {
            Cap = _registers.Capabilities.Value,
            Vs = _registers.Version,
            Cc = _registers.Configuration,
            Csts = status,
            Aqa = _registers.AdminQueueAttributes,
            Asq = _registers.AdminSubmissionBase,
            Acq = _registers.AdminCompletionBase,
            TimestampSet = _timestampSet,
            Iova = _memory.Iova.Value,
            Length = _memory.Length,
            MemoryId = DriverMemory.IdOf(_memory),
            Admin = _adminQueue.Save(),
            Identity = new NvmeIdentityState
            {
                Model = Identity.Model,
                Serial = Identity.Serial,
                Firmware = Identity.Firmware,
                MaxTransferBytes = (uint)Identity.MaxTransferBytes,
                HasVolatileWriteCache = Identity.HasVolatileWriteCache,
                HasTimestamp = Identity.HasTimestamp,
            },
            Namespace = new NvmeNamespaceState { Id = Namespace.Id, Blocks = Namespace.Blocks, BlockBytes = (uint)Namespace.BlockBytes },
        };
        if (_adminQueue.Vector is null) saved.Intms = _registers.InterruptMask;
        foreach (var pair in _queues) saved.Queues.Add(pair.Queue.Save());
        StateEnvelope.Write(state, NvmeStateReader.Version, NvmeStateReader.Version, saved);
    }

    /// <summary>
    /// Ends the controller's work: waits for what is in flight, deletes the I/O queues, announces the shutdown (CC.SHN) so that its caches
    /// are written, and disables it. It can be started again, not resumed.
    /// </summary>
    /// <exception cref="DeviceTimeoutException">It did not finish in time.</exception>
    /// <exception cref="DeviceException">The controller is gone, has failed or refused a command.</exception>
    public void Shutdown()
    {
        Quiesce();
        _adminQueue.Close(null);
        foreach (var pair in _queues) _admin.DeleteQueuePair(pair.Queue);
        Close("the controller is shut down");
        _ended = true;
        _registers.Configuration = (_registers.Configuration & ~NVME_CC.SHN_MASK) | NVME_CC.SHN_NORMAL;
        _registers.WaitStatus(NVME_CSTS.SHST_MASK, NVME_CSTS.SHST_CMPLT, "the shutdown to complete (CSTS.SHST)", _limit);
        Disable(_registers);
    }

    /// <summary>
    /// Gives up the registers. The controller is left as it is and can be continued from a saved state; what it may still do by DMA
    /// reaches only memory that stays mapped for it. <see cref="Shutdown"/> is the way to end its work.
    /// </summary>
    public void Dispose()
    {
        Close("the controller was disposed");
        _ended = true;
        _registers.Dispose();
    }

    /// <summary>Address, model and namespace.</summary>
    public override string ToString() => $"{Address} {Identity.Model} {Identity.Serial}, namespace {Namespace.Id}: {Namespace.Blocks} blocks of {Namespace.BlockBytes} bytes";

    internal static NvmeController StartOn(PciAddress device, IRegisterBlock block, DmaMemory memory, NvmeOptions options, IReadOnlyList<EventFd>? vectors)
    {
        try
        {
            return StartCore(new NvmeRegisters(block, device), memory, options, vectors);
        }
        catch
        {
            // The caller will use the memory for something else: the controller must not know of it any more.
            block.WriteUInt32(NVME_REG.CC, 0);
            block.Dispose();
            throw;
        }
    }

    internal static NvmeController ContinueOn(PciAddress device, IRegisterBlock block, DmaMemory memory, NvmeState state, IReadOnlyList<EventFd>? vectors, TimeSpan limit)
    {
        try
        {
            if (state.Admin.HasVector != vectors is not null)
            {
                throw new ArgumentException(
                    state.Admin.HasVector
                        ? $"{device}: the queues were created with interrupts, and without vectors they would go astray."
                        : $"{device}: the queues were created without interrupts: none will come.",
                    nameof(vectors));
            }

            return ContinueCore(new NvmeRegisters(block, device), memory, state, vectors, limit);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private static NvmeController StartCore(NvmeRegisters registers, DmaMemory memory, NvmeOptions options, IReadOnlyList<EventFd>? vectors)
    {
        var device = registers.Device;
        var layout = NvmeMemoryLayout.For(options);
        if (memory.Length < layout.Length)
            throw new ArgumentException($"{device}: the queues need 0x{layout.Length:x} bytes of memory, there are 0x{memory.Length:x}.", nameof(memory));
        if (memory.Iova.Value % PrpBuilder.PageBytes != 0)
            throw new ArgumentException($"{device}: the memory at {memory.Iova} is not aligned to pages of {PrpBuilder.PageBytes} bytes.", nameof(memory));
        DeviceAccess.CheckAccess(memory, nameof(memory));
        CheckCapabilities(registers, options);

        // Firmware or another driver may have left it enabled, with queues in memory that is not theirs any more.
        if ((registers.Configuration & NVME_CC.ENABLE) != 0) Disable(registers);
        else registers.WaitStatus(NVME_CSTS.RDY, 0, "the controller to finish stopping (CSTS.RDY)", registers.Capabilities.ReadyTimeout);

        // Phase tags count from zeroed memory.
        Clear(memory, layout.Length);
        DriverMemory.WriteHeader(memory, NvmeMemoryLayout.HeaderMagic);

        registers.AdminQueueAttributes = (uint)(layout.Admin.Entries - 1) | ((uint)(layout.Admin.Entries - 1) << 16);
        registers.AdminSubmissionBase = (memory.Iova + layout.Admin.Submission).Value;
        registers.AdminCompletionBase = (memory.Iova + layout.Admin.Completion).Value;
        Volatile.WriteBarrier();
        registers.Configuration = NVME_CC.ENABLE | NVME_CC.IOSQES | NVME_CC.IOCQES;
        registers.WaitStatus(NVME_CSTS.RDY, NVME_CSTS.RDY, "the controller to become ready (CSTS.RDY)", registers.Capabilities.ReadyTimeout);
        // Polled: admin completions would pull the interrupt line. With MSI-X on, INTMS must not be touched.
        if (vectors is null) registers.InterruptMask = uint.MaxValue;

        var admin = new NvmeAdmin(Queue(registers, memory, 0, layout.Admin, vectors), options.CommandTimeout);
        var identity = admin.ReadIdentity();
        var ns = admin.ReadNamespace(options.NamespaceId ?? admin.FirstActiveNamespace());
        admin.RequestQueues(options.QueuePairs);
        var pairs = new NvmeQueuePair[options.QueuePairs];
        for (var i = 0; i < pairs.Length; i++)
        {
            var queue = Queue(registers, memory, (ushort)(i + 1), layout.Queues[i], vectors);
            admin.CreateQueuePair(queue);
            pairs[i] = new NvmeQueuePair(queue, ns, identity, options.CommandTimeout);
        }

        var controller = new NvmeController(registers, memory, admin, pairs, identity, ns, options.CommandTimeout, null);
        if (identity.HasTimestamp)
        {
            admin.SetTimestamp(TimeProvider.System.GetUtcNow());
            controller._timestampSet = admin.ReadTimestampOrigin() == TimestampWasSet;
        }

        return controller;
    }

    private static NvmeController ContinueCore(NvmeRegisters registers, DmaMemory memory, NvmeState state, IReadOnlyList<EventFd>? vectors, TimeSpan limit)
    {
        var device = registers.Device;
        NvmeStateReader.CheckMemory(state, memory, device);
        DeviceAccess.CheckAccess(memory, nameof(memory));
        foreach (var compared in Compare(registers, state))
        {
            if (compared.Matches) continue;
            throw new DeviceMismatchException(device, compared.Register, compared.Saved, compared.Found, compared.ClearedByReset ? "The controller was reset or set up anew: start it instead." : null);
        }

        registers.CheckDoorbells(state.Queues.Count);
        var admin = new NvmeAdmin(Queue(registers, memory, 0, NvmeStateReader.Layout(state.Admin), vectors, state.Admin), limit);
        CheckNothingNew(device, admin.Queue);
        var identity = new NvmeIdentity(
            state.Identity.Model, state.Identity.Serial, state.Identity.Firmware, (int)state.Identity.MaxTransferBytes, state.Identity.HasVolatileWriteCache, state.Identity.HasTimestamp);
        var ns = new NvmeNamespace(state.Namespace.Id, state.Namespace.Blocks, (int)state.Namespace.BlockBytes);
        var pairs = new NvmeQueuePair[state.Queues.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            var queue = Queue(registers, memory, (ushort)(i + 1), NvmeStateReader.Layout(state.Queues[i]), vectors, state.Queues[i]);
            CheckNothingNew(device, queue);
            pairs[i] = new NvmeQueuePair(queue, ns, identity, limit);
        }

        var controller = new NvmeController(registers, memory, admin, pairs, identity, ns, limit, state) { _timestampSet = state.TimestampSet, _quiesced = true };
        controller.Close(QuiescedText);
        return controller;
    }

    private static NvmeQueue Queue(NvmeRegisters registers, DmaMemory memory, ushort id, in NvmeQueueLayout layout, IReadOnlyList<EventFd>? vectors, NvmeQueueState? state = null)
    {
        ushort? vector = state is null ? (vectors is null ? null : id) : (state.HasVector ? (ushort)state.Vector : null);
        return new NvmeQueue(registers, memory, id, layout, vector, vector is { } number ? vectors![number] : null, state);
    }

    private static List<RegisterComparison> Compare(NvmeRegisters registers, NvmeState saved)
    {
        // CSTS without Processing Paused, which comes and goes.
        const uint StatusBits = NVME_CSTS.RDY | NVME_CSTS.CFS | NVME_CSTS.SHST_MASK | NVME_CSTS.NSSRO;
        var compared = new List<RegisterComparison>
        {
            new("CAP", saved.Cap, registers.Capabilities.Value, ClearedByReset: false),
            new("VS", saved.Vs, registers.Version, ClearedByReset: false),
            new("CC", saved.Cc, registers.Configuration, ClearedByReset: true),
            new("CSTS", saved.Csts & StatusBits, registers.Status & StatusBits, ClearedByReset: true),
            new("AQA", saved.Aqa, registers.AdminQueueAttributes, ClearedByReset: true),
            new("ASQ", saved.Asq, registers.AdminSubmissionBase, ClearedByReset: true),
            new("ACQ", saved.Acq, registers.AdminCompletionBase, ClearedByReset: true),
        };
        if (saved.HasIntms) compared.Add(new RegisterComparison("INTMS", saved.Intms, registers.InterruptMask, ClearedByReset: true));
        return compared;
    }

    /// <summary>A quiesced queue has no new completion: one that is there came after the save, or the memory is not the queue's.</summary>
    private static void CheckNothingNew(PciAddress device, NvmeQueue queue)
    {
        const string Meaning = "The driver went on after the state was saved, or the memory is not what it was: start the controller instead.";
        var saved = queue.Statistics.Submitted;
        if (queue.SubmittedByAll != saved) throw new DeviceMismatchException(device, $"commands given to queue {queue.Id}", saved, queue.SubmittedByAll, Meaning);
        if (!queue.HasNewCompletion()) return;
        var position = queue.Position;
        throw new DeviceMismatchException(
            device, $"phase tag at entry {position.CompletionHead} of completion queue {queue.Id}", position.Phase ? 0UL : 1UL, position.Phase ? 1UL : 0UL, Meaning);
    }

    private static void CheckCapabilities(NvmeRegisters registers, NvmeOptions options)
    {
        var capabilities = registers.Capabilities;
        if (!capabilities.HasNvmCommandSet) throw new DeviceException(registers.Device, "the controller lacks the NVM command set (CAP.CSS): it does no block I/O.");
        if (capabilities.MinPageBytes > PrpBuilder.PageBytes)
            throw new DeviceException(registers.Device, $"the controller's smallest page is {capabilities.MinPageBytes} bytes (CAP.MPSMIN); this driver uses {PrpBuilder.PageBytes}.");
        if (capabilities.MaxQueueEntries < options.QueueEntries)
            throw new DeviceException(registers.Device, $"the controller's queues have at most {capabilities.MaxQueueEntries} entries (CAP.MQES), {options.QueueEntries} were asked for.");
        registers.CheckDoorbells(options.QueuePairs);
    }

    private static void Disable(NvmeRegisters registers)
    {
        // CC.EN must not be cleared before the controller has become ready, nor by a write that changes other fields.
        registers.Configuration = registers.Configuration & ~NVME_CC.ENABLE;
        registers.WaitStatus(NVME_CSTS.RDY, 0, "the controller to stop (CSTS.RDY)", registers.Capabilities.ReadyTimeout);
    }

    private static void Clear(DmaMemory memory, ulong length)
    {
        const int Step = 1 << 24;
        for (var offset = 0UL; offset < length; offset += Step) memory.Bytes(offset, (int)Math.Min(Step, length - offset)).Clear();
    }

    private static EventFd[]? Vectors(InterruptVectors? interrupts, int needed)
    {
        if (interrupts is null) return null;
        if (interrupts.Vectors.Count < needed) throw new ArgumentException($"{needed} vectors are needed, {interrupts.Vectors.Count} are enabled.", nameof(interrupts));
        var vectors = new EventFd[needed];
        for (var i = 0; i < needed; i++)
            vectors[i] = interrupts.Vectors[i] ?? throw new ArgumentException($"Vector {i} has no eventfd: the queue behind it would wait forever.", nameof(interrupts));
        return vectors;
    }

    private void Drain(NvmeQueue queue)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var late = Stopwatch.GetElapsedTime(start) > _limit;
            if (queue.TryDrain()) return;
            _registers.CheckAlive();
            if (late) throw new DeviceTimeoutException(Address, $"the commands in flight on queue {queue.Id} to complete", _limit, $"{queue.InFlight} are left; the controller works on.");
            Thread.Sleep(1);
        }
    }

    private void Close(string? reason)
    {
        _adminQueue.Close(reason);
        foreach (var pair in _queues) pair.Queue.Close(reason);
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(_ended, this);
}
