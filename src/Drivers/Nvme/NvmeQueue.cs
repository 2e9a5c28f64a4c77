using System.Runtime.InteropServices;
using Devices.Drivers.Abi;
using Devices.Drivers.State;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Drivers;

/// <summary>
/// A submission and a completion queue and the commands in them: what admin and I/O queue pairs share. One owner submits and takes
/// completions; quiescing may come from another thread, which is what the lock is for.
/// </summary>
internal sealed class NvmeQueue
{
    private static readonly TimeSpan s_aliveCheck = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly NvmeRegisters _registers;
    private readonly DmaMemory _memory;
    private readonly EventFd? _interrupt;
    private readonly CommandSlot[] _slots;
    private readonly uint _submissionDoorbell;
    private readonly uint _completionDoorbell;
    private SubmissionRing _submission;
    private CompletionRing _completion;
    private SlotFifo _free;
    private SlotFifo _done;
    private bool _hasUntold;
    private int _inFlight;
    private int _abandoned;
    private string? _closed;
    private string? _broken;
    private ulong _submitted;
    private ulong _completed;
    private ulong _failed;
    private ulong _interrupts;

    internal NvmeQueue(NvmeRegisters registers, DmaMemory memory, ushort id, in NvmeQueueLayout layout, ushort? vector, EventFd? interrupt, NvmeQueueState? state = null)
    {
        _registers = registers;
        _memory = memory;
        _interrupt = interrupt;
        Id = id;
        Layout = layout;
        Vector = vector;
        _submissionDoorbell = registers.SubmissionDoorbell(id);
        _completionDoorbell = registers.CompletionDoorbell(id);
        _submission = new SubmissionRing(layout.Entries, (int)(state?.SubmissionTail ?? 0));
        _completion = new CompletionRing(layout.Entries, (int)(state?.CompletionHead ?? 0), state?.Phase ?? true);
        if (state is not null) (_submitted, _completed, _failed, _interrupts) = (state.Submitted, state.Completed, state.Failed, state.Interrupts);
        _slots = new CommandSlot[layout.Slots];
        _free = new SlotFifo(layout.Slots);
        _done = new SlotFifo(layout.Slots);
        for (ushort slot = 0; slot < layout.Slots; slot++) _free.Add(slot);
    }

    internal ushort Id { get; }

    internal NvmeQueueLayout Layout { get; }

    /// <summary>How many commands the queue was given, by whichever process: in its memory.</summary>
    internal ulong SubmittedByAll => _memory.ReadUInt64(SubmittedOffset);

    private ulong SubmittedOffset => NvmeMemoryLayout.HeaderSubmittedOffset + (Id * (ulong)sizeof(ulong));

    internal ushort? Vector { get; }

    internal PciAddress Device => _registers.Device;

    /// <summary>Where the device sees the memory of the queues.</summary>
    internal Iova Base => _memory.Iova;

    /// <summary>The address space that the device reaches: the queues are in it.</summary>
    internal IDmaMapper Reached => _memory.Mapping.Mapper;

    internal int InFlight
    {
        get
        {
            lock (_gate) return _inFlight;
        }
    }

    internal int Untaken
    {
        get
        {
            lock (_gate) return _done.Count;
        }
    }

    internal NvmeQueuePosition Position
    {
        get
        {
            lock (_gate) return new NvmeQueuePosition(_submission.Tail, _completion.Head, _completion.Phase);
        }
    }

    /// <summary>For the owner: an interrupt that has come and was not waited for is counted now.</summary>
    internal NvmeQueueStatistics Statistics
    {
        get
        {
            CountInterrupts();
            lock (_gate) return new NvmeQueueStatistics(_submitted, _completed, _failed, _interrupts);
        }
    }

    /// <summary>Gives a command to the controller.</summary>
    /// <param name="command">The command without its identifier and PRPs.</param>
    /// <param name="lba">For the completion.</param>
    /// <param name="bytes">What it moves; 0 for none.</param>
    /// <param name="external">The buffer, contiguous for the device; null takes the slot's own.</param>
    /// <param name="payload">What goes into the slot's own buffer before.</param>
    /// <param name="more">Whether the doorbell is left to the next call.</param>
    /// <param name="id">The command.</param>
    /// <returns>False if all slots are taken.</returns>
    internal bool TrySubmit(nvme_command command, ulong lba, int bytes, Iova? external, ReadOnlySpan<byte> payload, bool more, out NvmeCommandId id)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            if (_free.Count == 0) Process(); // overdue commands that were given up may have come back
            if (!_free.TryTake(out var number))
            {
                Tell();
                id = default;
                return false;
            }

            ref var slot = ref _slots[number];
            slot.Sequence++;
            slot.Opcode = command.opcode;
            slot.Lba = lba;
            slot.Bytes = bytes;
            slot.HasOwnBuffer = external is null;
            if (!payload.IsEmpty) payload.CopyTo(_memory.Bytes(Layout.Buffer(number), payload.Length));
            if (bytes > 0)
            {
                var list = Layout.PrpList(number);
                var address = external ?? _memory.Iova + Layout.Buffer(number);
                (command.prp1, command.prp2) = PrpBuilder.Build(address.Value, bytes, _memory.Bytes(list, PrpBuilder.PageBytes), (_memory.Iova + list).Value);
            }

            command.command_id = number;
            MemoryMarshal.Write(_memory.Bytes(Layout.SubmissionEntry(_submission.Tail), nvme_command.SizeInBytes), in command);
            _submission.Advance();
            slot.State = SlotState.InFlight;
            _inFlight++;
            _submitted++;
            _hasUntold = true;
            if (!more) Tell();
            id = new NvmeCommandId(number, slot.Sequence);
            return true;
        }
    }

    /// <summary>Takes the completion that came first of those not taken, without waiting.</summary>
    internal bool TryTake(out NvmeCommandId id, out CommandSlot completed) => TryTake(out id, out completed, out _);

    /// <summary>Waits for a completion and takes it.</summary>
    internal CommandSlot Take(TimeSpan limit, out NvmeCommandId id)
    {
        long? start = null;
        var spinner = default(SpinWait);
        while (true)
        {
            if (TryTake(out id, out var completed, out var inFlight)) return completed;
            if (inFlight == 0) throw new InvalidOperationException($"{Device}: nothing is in flight on queue {Id}: no completion will come.");
            // The coarse clock: it is asked at each wait, and milliseconds will do.
            var now = Environment.TickCount64;
            var left = limit - TimeSpan.FromMilliseconds(now - (start ??= now));
            if (left <= TimeSpan.Zero) throw Late(limit);
            if (_interrupt is null)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
                if (spinner.Count % 1024 == 0) _registers.CheckAlive();
            }
            else
            {
                var slice = left < s_aliveCheck ? left : s_aliveCheck;
                if (_interrupt.WaitForRaise(slice)) continue;
                _registers.CheckAlive();
                // Said here, before the completion is seen at the top of the loop and hides that its interrupt is missing.
                if (HasNewCompletion() && !_interrupt.WaitForRaise(slice)) throw Late(slice);
            }
        }
    }

    /// <summary>Gives up on all commands: completions that come later are counted and dropped.</summary>
    internal void AbandonAll()
    {
        lock (_gate)
        {
            while (_done.TryTake(out var done))
            {
                _slots[done].State = SlotState.Free;
                _free.Add(done);
            }

            foreach (ref var slot in _slots.AsSpan())
            {
                if (slot.State != SlotState.InFlight) continue;
                slot.State = SlotState.Abandoned;
                _abandoned++;
            }
        }
    }

    /// <summary>Whether commands of the owner are with the controller or completed and not taken.</summary>
    internal bool HasOwnersCommands
    {
        get
        {
            lock (_gate) return _inFlight > _abandoned || _done.Count > 0;
        }
    }

    /// <summary>The slot's own buffer, of a command that was taken and whose slot was not used since.</summary>
    internal Span<byte> Buffer(NvmeCommandId id, int bytes)
    {
        lock (_gate)
        {
            if (id.Slot >= _slots.Length || _slots[id.Slot].Sequence != id.Sequence || _slots[id.Slot].State != SlotState.Free)
                throw new InvalidOperationException($"{Device}: the buffer of that command is not its own any more: it is valid from taking the completion to the next submission.");
            if (!_slots[id.Slot].HasOwnBuffer) throw new InvalidOperationException($"{Device}: that command's data is in the memory that was given with it.");
            return _memory.Bytes(Layout.Buffer(id.Slot), bytes);
        }
    }

    /// <summary>Refuses submissions from now on, saying why; null takes them again.</summary>
    internal void Close(string? reason)
    {
        lock (_gate) _closed = reason;
    }

    /// <summary>Receives what the controller has completed.</summary>
    /// <returns>Whether nothing is with the controller any more.</returns>
    internal bool TryDrain()
    {
        lock (_gate)
        {
            Tell();
            Process();
            ThrowIfBroken();
            return _inFlight == 0;
        }
    }

    /// <summary>Whether the next completion queue entry carries the phase tag of a new one.</summary>
    internal bool HasNewCompletion()
    {
        lock (_gate) return _completion.IsNew(_memory.ReadUInt16(Layout.CompletionEntry(_completion.Head) + nvme_completion.StatusOffset));
    }

    internal NvmeQueueState Save()
    {
        CountInterrupts();
        lock (_gate)
        {
            var state = new NvmeQueueState
            {
                Entries = (uint)Layout.Entries,
                BytesPerCommand = (uint)Layout.BytesPerCommand,
                SubmissionOffset = Layout.Submission,
                CompletionOffset = Layout.Completion,
                PrpOffset = Layout.PrpLists,
                DataOffset = Layout.Data,
                SubmissionTail = (uint)_submission.Tail,
                CompletionHead = (uint)_completion.Head,
                Phase = _completion.Phase,
                Submitted = _submitted,
                Completed = _completed,
                Failed = _failed,
                Interrupts = _interrupts,
            };
            if (Vector is { } vector) state.Vector = vector;
            return state;
        }
    }

    // What is in flight is told of the same moment: a quiesce in another thread may receive a completion right after.
    private bool TryTake(out NvmeCommandId id, out CommandSlot completed, out int inFlight)
    {
        lock (_gate)
        {
            if (_done.Count == 0)
            {
                Tell();
                Process();
            }

            inFlight = _inFlight;
            if (!_done.TryTake(out var number))
            {
                ThrowIfBroken();
                id = default;
                completed = default;
                return false;
            }

            ref var slot = ref _slots[number];
            slot.State = SlotState.Free;
            _free.Add(number);
            id = new NvmeCommandId(number, slot.Sequence);
            completed = slot;
            return true;
        }
    }

    // Rings for what was submitted since the last time.
    private void Tell()
    {
        if (!_hasUntold) return;
        _hasUntold = false;
        // Before the doorbell: whoever takes over must never find fewer commands than the controller has.
        _memory.WriteUInt64(SubmittedOffset, _submitted);
        _registers.Ring(_submissionDoorbell, _submission.Tail);
    }

    private void Process()
    {
        if (_broken is not null) return;
        var consumed = 0;
        while (true)
        {
            var entry = Layout.CompletionEntry(_completion.Head);
            // The phase tag is read first and as an acquire: what it makes valid is read after it.
            var status = _memory.ReadUInt16(entry + nvme_completion.StatusOffset);
            if (!_completion.IsNew(status)) break;
            var completion = MemoryMarshal.Read<nvme_completion>(_memory.Bytes(entry, nvme_completion.SizeInBytes));
            if (!Accept(completion)) return;
            _completion.Advance();
            consumed++;
        }

        if (consumed > 0) _registers.Ring(_completionDoorbell, _completion.Head);
    }

    private bool Accept(nvme_completion completion)
    {
        if (completion.sq_id != Id || completion.sq_head >= Layout.Entries || completion.command_id >= _slots.Length
            || _slots[completion.command_id].State is not (SlotState.InFlight or SlotState.Abandoned))
        {
            _broken = $"completion queue {Id} has at entry {_completion.Head} a completion that belongs to no command: command {completion.command_id} of submission queue {completion.sq_id}, head {completion.sq_head}.";
            return false;
        }

        ref var slot = ref _slots[completion.command_id];
        slot.Status = new NvmeStatus((ushort)(completion.status >> 1));
        slot.Result = (uint)completion.result;
        _inFlight--;
        _completed++;
        if (!slot.Status.IsSuccess) _failed++;
        if (slot.State == SlotState.Abandoned)
        {
            _abandoned--;
            slot.State = SlotState.Free;
            _free.Add(completion.command_id);
        }
        else
        {
            slot.State = SlotState.Done;
            _done.Add(completion.command_id);
        }

        return true;
    }

    private void CountInterrupts()
    {
        if (_interrupt is null || !_interrupt.TryRead(out var count)) return;
        lock (_gate) _interrupts += count;
    }

    private void ThrowIfUnusable()
    {
        if (_closed is not null) throw new InvalidOperationException($"{Device}: queue {Id} takes no commands: {_closed}.");
        ThrowIfBroken();
    }

    private void ThrowIfBroken()
    {
        if (_broken is not null) throw new DeviceFailedException(Device, _broken);
    }

    private DeviceTimeoutException Late(TimeSpan limit)
    {
        _registers.CheckAlive();
        return HasNewCompletion()
            ? new DeviceTimeoutException(Device, $"the interrupt of a completion of queue {Id}", limit, $"The completion is there, its interrupt on vector {Vector} did not come: is the vector armed?")
            : new DeviceTimeoutException(Device, $"a completion of queue {Id}", limit, $"{InFlight} commands are in flight; Bus Master off or an IOMMU fault would do that too.");
    }
}
