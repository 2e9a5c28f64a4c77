using System.Buffers.Binary;
using System.Text;
using Devices.Drivers.Abi;

namespace Devices.Drivers;

/// <summary>The admin commands that a driver needs, one at a time.</summary>
internal sealed class NvmeAdmin
{
    private const uint IdentifyNamespace = 0;
    private const uint IdentifyController = 1;
    private const uint IdentifyActiveNamespaces = 2;
    private const uint FeatureNumberOfQueues = 0x07;
    private const uint FeatureTimestamp = 0x0e;
    private const int IdentifyBytes = 4096;
    private const uint PhysicallyContiguous = 1;
    private const uint InterruptsEnabled = 2;

    private readonly NvmeQueue _queue;
    private readonly TimeSpan _limit;

    internal NvmeAdmin(NvmeQueue queue, TimeSpan limit)
    {
        _queue = queue;
        _limit = limit;
    }

    internal NvmeQueue Queue => _queue;

    internal NvmeIdentity ReadIdentity()
    {
        Span<byte> data = stackalloc byte[IdentifyBytes];
        Identify(IdentifyController, 0, data);
        // SQES and CQES: entries of 2^6 and 2^4 bytes are what CC is going to ask for.
        if ((data[512] & 0xf) > 6 || data[512] >> 4 < 6 || (data[513] & 0xf) > 4 || data[513] >> 4 < 4)
            throw new DeviceFailedException(_queue.Device, $"the controller does not take queue entries of 64 and 16 bytes (SQES 0x{data[512]:x2}, CQES 0x{data[513]:x2}).");
        var transfer = data[77];
        var oncs = BinaryPrimitives.ReadUInt16LittleEndian(data[520..]);
        return new NvmeIdentity(
            Model: Ascii(data.Slice(24, 40)),
            Serial: Ascii(data.Slice(4, 20)),
            Firmware: Ascii(data.Slice(64, 8)),
            MaxTransferBytes: transfer is 0 or > 18 ? 0 : PrpBuilder.PageBytes << transfer,
            HasVolatileWriteCache: (data[525] & 1) != 0,
            HasTimestamp: (oncs & (1 << 6)) != 0);
    }

    internal uint FirstActiveNamespace()
    {
        Span<byte> data = stackalloc byte[IdentifyBytes];
        Identify(IdentifyActiveNamespaces, 0, data);
        var id = BinaryPrimitives.ReadUInt32LittleEndian(data);
        return id != 0 ? id : throw new DeviceException(_queue.Device, "the controller has no active namespace: nothing can be read or written.");
    }

    internal NvmeNamespace ReadNamespace(uint id)
    {
        Span<byte> data = stackalloc byte[IdentifyBytes];
        Identify(IdentifyNamespace, id, data);
        var blocks = BinaryPrimitives.ReadUInt64LittleEndian(data);
        if (blocks == 0) throw new DeviceException(_queue.Device, $"namespace {id} is not active.");
        // FLBAS: the format's index in bits 3:0 and 6:5.
        var index = (data[26] & 0xf) | ((data[26] >> 1) & 0x30);
        var format = BinaryPrimitives.ReadUInt32LittleEndian(data[(128 + (4 * index))..]);
        var metadata = format & 0xffff;
        var shift = (int)((format >> 16) & 0xff);
        if (metadata != 0) throw new DeviceException(_queue.Device, $"namespace {id} is formatted with {metadata} bytes of metadata a block, which this driver does not carry.");
        if (shift is < 9 or > 12) throw new DeviceException(_queue.Device, $"namespace {id} has blocks of 2^{shift} bytes; 512 to 4096 are what this driver takes.");
        return new NvmeNamespace(id, blocks, 1 << shift);
    }

    internal void RequestQueues(int pairs)
    {
        var wanted = (uint)(pairs - 1);
        var granted = Execute(
            new nvme_command { opcode = (byte)nvme_admin_opcode.nvme_admin_set_features, cdw10 = FeatureNumberOfQueues, cdw11 = wanted | (wanted << 16) },
            $"Set Features, {pairs} I/O queue pairs").Result;
        var least = Math.Min(granted & 0xffff, granted >> 16) + 1;
        if (least < pairs) throw new DeviceException(_queue.Device, $"the controller grants {least} I/O queue pairs, {pairs} were asked for.");
    }

    internal void CreateQueuePair(NvmeQueue pair)
    {
        var memory = pair.Base;
        var size = (uint)pair.Id | ((uint)(pair.Layout.Entries - 1) << 16);
        Execute(
            new nvme_command
            {
                opcode = (byte)nvme_admin_opcode.nvme_admin_create_cq,
                prp1 = (memory + pair.Layout.Completion).Value,
                cdw10 = size,
                cdw11 = PhysicallyContiguous | (pair.Vector is { } vector ? InterruptsEnabled | ((uint)vector << 16) : 0),
            },
            $"Create I/O Completion Queue {pair.Id}");
        Execute(
            new nvme_command
            {
                opcode = (byte)nvme_admin_opcode.nvme_admin_create_sq,
                prp1 = (memory + pair.Layout.Submission).Value,
                cdw10 = size,
                cdw11 = PhysicallyContiguous | ((uint)pair.Id << 16),
            },
            $"Create I/O Submission Queue {pair.Id}");
    }

    internal void DeleteQueuePair(NvmeQueue pair)
    {
        Execute(new nvme_command { opcode = (byte)nvme_admin_opcode.nvme_admin_delete_sq, cdw10 = pair.Id }, $"Delete I/O Submission Queue {pair.Id}");
        Execute(new nvme_command { opcode = (byte)nvme_admin_opcode.nvme_admin_delete_cq, cdw10 = pair.Id }, $"Delete I/O Completion Queue {pair.Id}");
    }

    /// <summary>Sets the controller's clock: a reset brings it back to an origin that tells.</summary>
    internal void SetTimestamp(DateTimeOffset now)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(data, (ulong)now.ToUnixTimeMilliseconds() & 0xffff_ffff_ffff);
        Execute(new nvme_command { opcode = (byte)nvme_admin_opcode.nvme_admin_set_features, cdw10 = FeatureTimestamp }, "Set Features, Timestamp", data);
    }

    /// <summary>The Timestamp Origin: 0 if a reset cleared the clock, 1 if it was set since.</summary>
    internal uint ReadTimestampOrigin()
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        Execute(new nvme_command { opcode = (byte)nvme_admin_opcode.nvme_admin_get_features, cdw10 = FeatureTimestamp }, "Get Features, Timestamp", [], data);
        return (uint)(data[6] >> 1) & 7;
    }

    private void Identify(uint structure, uint namespaceId, Span<byte> answer)
        => Execute(
            new nvme_command { opcode = (byte)nvme_admin_opcode.nvme_admin_identify, nsid = namespaceId, cdw10 = structure },
            $"Identify (CNS {structure}, namespace {namespaceId})",
            [],
            answer);

    private CommandSlot Execute(nvme_command command, string name, ReadOnlySpan<byte> payload = default, Span<byte> answer = default)
    {
        // With a buffer the PRPs are the queue's; without one, what the caller put there stays.
        if (!_queue.TrySubmit(command, 0, Math.Max(payload.Length, answer.Length), null, payload, more: false, out _))
            throw new DeviceTimeoutException(_queue.Device, $"a free entry of the admin queue for {name}", _limit, "All of its commands are overdue.");
        CommandSlot completed;
        NvmeCommandId id;
        try
        {
            completed = _queue.Take(_limit, out id);
        }
        catch
        {
            _queue.AbandonAll();
            throw;
        }

        if (!completed.Status.IsSuccess) throw new NvmeStatusException(_queue.Device, 0, name, completed.Status);
        if (!answer.IsEmpty) _queue.Buffer(id, answer.Length).CopyTo(answer);
        return completed;
    }

    private static string Ascii(ReadOnlySpan<byte> field) => Encoding.ASCII.GetString(field).TrimEnd(' ', '\0');
}
