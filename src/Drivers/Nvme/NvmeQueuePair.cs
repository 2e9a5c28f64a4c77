using Devices.Drivers.Abi;
using Devices.Iommufd;

namespace Devices.Drivers;

/// <summary>
/// An I/O submission queue and its completion queue. For one owner: one thread at a time submits and takes completions. Different
/// queue pairs are independent; <see cref="NvmeController.Quiesce"/> may come from any thread. Nothing here allocates, but for failures.
/// </summary>
public sealed class NvmeQueuePair
{
    private readonly NvmeQueue _queue;
    private readonly NvmeNamespace _namespace;
    private readonly TimeSpan _limit;

    internal NvmeQueuePair(NvmeQueue queue, NvmeNamespace ns, NvmeIdentity identity, TimeSpan limit)
    {
        _queue = queue;
        _namespace = ns;
        _limit = limit;
        var transfer = identity.MaxTransferBytes == 0 ? PrpBuilder.MaxBytes : Math.Min(identity.MaxTransferBytes, PrpBuilder.MaxBytes);
        MaxBytesPerCommand = Math.Min(transfer, 65536 * ns.BlockBytes); // the number of blocks has 16 bits, from 0
        BufferBytes = Math.Min(MaxBytesPerCommand, queue.Layout.BytesPerCommand);
    }

    /// <summary>The id of both queues, from 1.</summary>
    public int Id => _queue.Id;

    /// <summary>Entries of each of the two queues.</summary>
    public int Entries => _queue.Layout.Entries;

    /// <summary>The most commands that can be in flight: one less than <see cref="Entries"/>.</summary>
    public int Depth => _queue.Layout.Slots;

    /// <summary>Commands with the controller now.</summary>
    public int InFlight => _queue.InFlight;

    /// <summary>The interrupt vector of its completions; null if it is polled.</summary>
    public int? Vector => _queue.Vector;

    /// <summary>The most bytes of one command whose buffer is the caller's DMA memory.</summary>
    public int MaxBytesPerCommand { get; }

    /// <summary>The most bytes of one command that uses the queue pair's own buffers.</summary>
    public int BufferBytes { get; }

    /// <summary>Where the rings stand.</summary>
    public NvmeQueuePosition Position => _queue.Position;

    /// <summary>What it has done since the controller was started. For the owner.</summary>
    public NvmeQueueStatistics Statistics => _queue.Statistics;

    /// <summary>Reads blocks and waits for them; several commands are in flight where one does not suffice.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="destination">Where they go; a multiple of the block size.</param>
    /// <exception cref="ArgumentException">The length is no positive multiple of the block size.</exception>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down, or submitted commands were not taken.</exception>
    /// <exception cref="NvmeStatusException">The controller refused or failed a part; what the destination holds is undefined.</exception>
    /// <exception cref="DeviceTimeoutException">A part did not complete in time.</exception>
    /// <exception cref="DeviceException">The device is gone or has failed.</exception>
    public void Read(ulong lba, Span<byte> destination)
    {
        var blocks = Prepare(destination.Length);
        try
        {
            var submitted = 0UL;
            var taken = 0UL;
            NvmeCompletion? failure = null;
            while (taken < blocks)
            {
                while (submitted < blocks && TrySubmitRead(lba + submitted, BlocksOfPart(blocks - submitted), out _, more: true))
                    submitted += (ulong)BlocksOfPart(blocks - submitted);
                if (submitted == taken) throw Full();
                var completion = Take();
                taken += (ulong)(completion.Bytes / _namespace.BlockBytes);
                if (completion.Status.IsSuccess) Data(completion).CopyTo(destination[(int)((completion.Lba - lba) * (ulong)_namespace.BlockBytes)..]);
                else if (failure is null) (failure, blocks) = (completion, submitted);
            }

            if (failure is { } failed) Check(failed);
        }
        catch
        {
            _queue.AbandonAll();
            throw;
        }
    }

    /// <summary>Writes blocks and waits until the controller has them; its volatile cache may, see <see cref="Flush"/>.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="source">What is written; a multiple of the block size.</param>
    /// <exception cref="ArgumentException">The length is no positive multiple of the block size.</exception>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down, or submitted commands were not taken.</exception>
    /// <exception cref="NvmeStatusException">The controller refused or failed a part; others may have been written.</exception>
    /// <exception cref="DeviceTimeoutException">A part did not complete in time.</exception>
    /// <exception cref="DeviceException">The device is gone or has failed.</exception>
    public void Write(ulong lba, ReadOnlySpan<byte> source)
    {
        var blocks = Prepare(source.Length);
        try
        {
            var submitted = 0UL;
            var taken = 0UL;
            NvmeCompletion? failure = null;
            while (taken < blocks)
            {
                while (submitted < blocks && TrySubmitWrite(lba + submitted, Part(source, submitted, blocks), out _, more: true))
                    submitted += (ulong)BlocksOfPart(blocks - submitted);
                if (submitted == taken) throw Full();
                var completion = Take();
                taken += (ulong)(completion.Bytes / _namespace.BlockBytes);
                if (!completion.Status.IsSuccess && failure is null) (failure, blocks) = (completion, submitted);
            }

            if (failure is { } failed) Check(failed);
        }
        catch
        {
            _queue.AbandonAll();
            throw;
        }
    }

    /// <summary>Makes all that was written before, through any queue, safe from a power loss, and waits for it.</summary>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down, or submitted commands were not taken.</exception>
    /// <exception cref="NvmeStatusException">The controller failed it.</exception>
    /// <exception cref="DeviceTimeoutException">It did not complete in time.</exception>
    /// <exception cref="DeviceException">The device is gone or has failed.</exception>
    public void Flush()
    {
        Prepare(_namespace.BlockBytes);
        try
        {
            if (!TrySubmitFlush(out _)) throw Full();
            Check(Take());
        }
        catch
        {
            _queue.AbandonAll();
            throw;
        }
    }

    /// <summary>Submits a read into the command's own buffer, which <see cref="Data"/> gives once it is taken.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="blocks">How many; at most <see cref="BufferBytes"/>.</param>
    /// <param name="command">Identifies it in its completion.</param>
    /// <param name="more">Whether more follow at once: the controller is told of all of them by the last, or by the next look for completions.</param>
    /// <returns>False if <see cref="Depth"/> commands are in flight or not taken.</returns>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down.</exception>
    public bool TrySubmitRead(ulong lba, int blocks, out NvmeCommandId command, bool more = false)
        => _queue.TrySubmit(Command(nvme_opcode.nvme_cmd_read, lba, blocks), lba, Length(blocks, BufferBytes), null, [], more, out command);

    /// <summary>Submits a write of data that is copied into the command's own buffer.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="data">What is written: a multiple of the block size, at most <see cref="BufferBytes"/>.</param>
    /// <param name="command">Identifies it in its completion.</param>
    /// <param name="more">Whether more follow at once: the controller is told of all of them by the last, or by the next look for completions.</param>
    /// <returns>False if <see cref="Depth"/> commands are in flight or not taken.</returns>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down.</exception>
    public bool TrySubmitWrite(ulong lba, ReadOnlySpan<byte> data, out NvmeCommandId command, bool more = false)
    {
        var blocks = Blocks(data.Length);
        return _queue.TrySubmit(Command(nvme_opcode.nvme_cmd_write, lba, blocks), lba, Length(blocks, BufferBytes), null, data, more, out command);
    }

    /// <summary>Submits a read into memory of the caller's, without a copy.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="blocks">How many; at most <see cref="MaxBytesPerCommand"/>.</param>
    /// <param name="destination">Mapped for this device and writable for it; it must stay mapped until the command is taken.</param>
    /// <param name="offset">Where in it, in bytes, a multiple of 4.</param>
    /// <param name="command">Identifies it in its completion.</param>
    /// <param name="more">Whether more follow at once: the controller is told of all of them by the last, or by the next look for completions.</param>
    /// <returns>False if <see cref="Depth"/> commands are in flight or not taken.</returns>
    /// <exception cref="ArgumentException">The memory is too small, or the device may not write it.</exception>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down.</exception>
    public bool TrySubmitRead(ulong lba, int blocks, DmaMemory destination, ulong offset, out NvmeCommandId command, bool more = false)
    {
        var bytes = Length(blocks, MaxBytesPerCommand);
        return _queue.TrySubmit(Command(nvme_opcode.nvme_cmd_read, lba, blocks), lba, bytes, DeviceAccess.Window(_queue.Reached, destination, offset, bytes, DmaAccess.Write), [], more, out command);
    }

    /// <summary>Submits a write from memory of the caller's, without a copy.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="blocks">How many; at most <see cref="MaxBytesPerCommand"/>.</param>
    /// <param name="source">Mapped for this device and readable for it; it must stay mapped until the command is taken.</param>
    /// <param name="offset">Where in it, in bytes, a multiple of 4.</param>
    /// <param name="command">Identifies it in its completion.</param>
    /// <param name="more">Whether more follow at once: the controller is told of all of them by the last, or by the next look for completions.</param>
    /// <returns>False if <see cref="Depth"/> commands are in flight or not taken.</returns>
    /// <exception cref="ArgumentException">The memory is too small, or the device may not read it.</exception>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down.</exception>
    public bool TrySubmitWrite(ulong lba, int blocks, DmaMemory source, ulong offset, out NvmeCommandId command, bool more = false)
    {
        var bytes = Length(blocks, MaxBytesPerCommand);
        return _queue.TrySubmit(Command(nvme_opcode.nvme_cmd_write, lba, blocks), lba, bytes, DeviceAccess.Window(_queue.Reached, source, offset, bytes, DmaAccess.Read), [], more, out command);
    }

    /// <summary>Submits a flush.</summary>
    /// <param name="command">Identifies it in its completion.</param>
    /// <param name="more">Whether more follow at once: the controller is told of all of them by the last, or by the next look for completions.</param>
    /// <returns>False if <see cref="Depth"/> commands are in flight or not taken.</returns>
    /// <exception cref="InvalidOperationException">The controller is quiesced or shut down.</exception>
    public bool TrySubmitFlush(out NvmeCommandId command, bool more = false)
        => _queue.TrySubmit(new nvme_command { opcode = (byte)nvme_opcode.nvme_cmd_flush, nsid = _namespace.Id }, 0, 0, null, [], more, out command);

    /// <summary>Takes a completion, in the order in which they came, without waiting.</summary>
    /// <param name="completion">The completion; its status may be a failure.</param>
    /// <returns>False if there is none.</returns>
    /// <exception cref="DeviceFailedException">The controller completed what was never submitted.</exception>
    public bool TryTake(out NvmeCompletion completion)
    {
        if (!_queue.TryTake(out var id, out var slot))
        {
            completion = default;
            return false;
        }

        completion = Describe(id, slot);
        return true;
    }

    /// <summary>Waits for a completion, by interrupt or polling, and takes it.</summary>
    /// <returns>The completion; its status may be a failure, see <see cref="Check"/>.</returns>
    /// <exception cref="InvalidOperationException">Nothing is in flight.</exception>
    /// <exception cref="DeviceTimeoutException">None came in time, or one came without its interrupt.</exception>
    /// <exception cref="DeviceException">The device is gone or has failed.</exception>
    public NvmeCompletion Take()
    {
        var slot = _queue.Take(_limit, out var id);
        return Describe(id, slot);
    }

    /// <summary>The own buffer of a read that was taken: valid until the next submission on this queue pair.</summary>
    /// <param name="completion">Its completion.</param>
    /// <exception cref="InvalidOperationException">The buffer is in use for another command.</exception>
    public ReadOnlySpan<byte> Data(in NvmeCompletion completion) => _queue.Buffer(completion.Command, completion.Bytes);

    /// <summary>Throws if a command failed.</summary>
    /// <param name="completion">Its completion.</param>
    /// <exception cref="NvmeStatusException">It failed.</exception>
    public void Check(in NvmeCompletion completion)
    {
        if (completion.Status.IsSuccess) return;
        var text = completion.Operation == NvmeOperation.Flush
            ? "Flush"
            : $"{completion.Operation} of {completion.Bytes / _namespace.BlockBytes} blocks at LBA {completion.Lba}";
        throw new NvmeStatusException(_queue.Device, Id, text, completion.Status);
    }

    /// <summary>The queues' ids and where their rings stand.</summary>
    public override string ToString() => $"{_queue.Device} queue {Id}: {Position}";

    internal NvmeQueue Queue => _queue;

    private static NvmeCompletion Describe(NvmeCommandId id, CommandSlot slot) => new(id, (NvmeOperation)slot.Opcode, slot.Status, slot.Lba, slot.Bytes);

    private nvme_command Command(nvme_opcode opcode, ulong lba, int blocks) => new()
    {
        opcode = (byte)opcode,
        nsid = _namespace.Id,
        cdw10 = (uint)lba,
        cdw11 = (uint)(lba >> 32),
        cdw12 = (uint)(blocks - 1),
    };

    private ulong Prepare(int bytes)
    {
        var blocks = Blocks(bytes);
        if (_queue.HasOwnersCommands)
            throw new InvalidOperationException($"{_queue.Device}: queue {Id} has submitted commands whose completions were not taken: take them first.");
        return (ulong)blocks;
    }

    private int BlocksOfPart(ulong left) => (int)Math.Min(left, (ulong)(BufferBytes / _namespace.BlockBytes));

    private ReadOnlySpan<byte> Part(ReadOnlySpan<byte> source, ulong first, ulong end)
        => source.Slice((int)(first * (ulong)_namespace.BlockBytes), BlocksOfPart(end - first) * _namespace.BlockBytes);

    private int Blocks(int bytes)
        => bytes > 0 && bytes % _namespace.BlockBytes == 0
            ? bytes / _namespace.BlockBytes
            : throw new ArgumentException($"{bytes} bytes are no positive multiple of the block size of {_namespace.BlockBytes}.", nameof(bytes));

    private int Length(int blocks, int most)
    {
        if (blocks < 1 || blocks > most / _namespace.BlockBytes)
            throw new ArgumentOutOfRangeException(nameof(blocks), $"{blocks} blocks of {_namespace.BlockBytes} bytes are not 1 to {most} bytes.");
        return blocks * _namespace.BlockBytes;
    }

    private DeviceTimeoutException Full()
        => new(_queue.Device, $"a free entry of queue {Id}", _limit, "All of its commands are overdue.");
}
