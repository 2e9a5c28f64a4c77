using Devices.Drivers.State;
using Devices.Iommufd;

namespace Devices.Drivers;

/// <summary>Checks a saved state field by field. Only what comes out of here is used.</summary>
internal static class NvmeStateReader
{
    internal const string Driver = "nvme";
    internal const uint Version = 1;
    private const int MaxText = 40;

    internal static NvmeState Read(ReadOnlySpan<byte> bytes)
    {
        var state = StateEnvelope.Read(Driver, Version, bytes, NvmeState.Parser);
        Require(state.Admin is not null, "admin", "is missing");
        Require(state.Identity is not null, "identity", "is missing");
        Require(state.Namespace is not null, "namespace", "is missing");
        Require(state.Queues.Count is >= 1 and <= 128, "queues", $"has {state.Queues.Count} entries, not 1 to 128");
        Require((state.Cc & Abi.NVME_CC.ENABLE) != 0, "cc", "says that the controller was not enabled");
        Require((state.Csts & Abi.NVME_CSTS.RDY) != 0, "csts", "says that the controller was not ready");
        Check(state.Admin!, "admin");
        for (var i = 0; i < state.Queues.Count; i++) Check(state.Queues[i], $"queues[{i}]");

        var ns = state.Namespace!;
        Require(ns.Id is not (0 or uint.MaxValue), "namespace.id", $"is 0x{ns.Id:x}");
        Require(ns.Blocks > 0, "namespace.blocks", "is 0");
        Require(ns.BlockBytes is 512 or 1024 or 2048 or 4096, "namespace.block_bytes", $"is {ns.BlockBytes}");
        var identity = state.Identity!;
        Require(identity.MaxTransferBytes == 0 || (identity.MaxTransferBytes >= PrpBuilder.PageBytes && identity.MaxTransferBytes <= 1 << 30 && identity.MaxTransferBytes % PrpBuilder.PageBytes == 0), "identity.max_transfer_bytes", $"is {identity.MaxTransferBytes}");
        Require(identity.Model.Length <= MaxText && identity.Serial.Length <= MaxText && identity.Firmware.Length <= MaxText, "identity", "has a text longer than the controller's");

        Require(state.Length is > 0 and <= long.MaxValue, "length", $"is 0x{state.Length:x}");
        Require(state.Iova <= ulong.MaxValue - state.Length, "iova", $"0x{state.Iova:x} and 0x{state.Length:x} bytes exceed 64 bits");
        var fault = Layout(state).FindFault(state.Length);
        Require(fault is null, "layout", fault ?? "");

        // What the registers were and what the queues say must be one story.
        var entries = state.Admin!.Entries - 1;
        Require(state.Aqa == (entries | (entries << 16)), "aqa", $"0x{state.Aqa:x} does not fit admin queues of {state.Admin.Entries} entries");
        Require(state.Asq == state.Iova + state.Admin.SubmissionOffset, "asq", $"0x{state.Asq:x} is not where the admin submission queue is");
        Require(state.Acq == state.Iova + state.Admin.CompletionOffset, "acq", $"0x{state.Acq:x} is not where the admin completion queue is");
        var vectors = state.Queues.Count(q => q.HasVector);
        Require(vectors == 0 || vectors == state.Queues.Count, "vector", "is there for some queues and missing for others");
        Require((vectors == 0) == state.HasIntms, "intms", "is for polled controllers only");
        Require(state.Admin.HasVector == (vectors > 0), "admin.vector", "does not fit the other queues");
        return state;
    }

    internal static NvmeMemoryLayout Layout(NvmeState state)
        => new(Layout(state.Admin), [.. state.Queues.Select(Layout)], state.Length);

    internal static NvmeQueueLayout Layout(NvmeQueueState queue)
        => new((int)queue.Entries, (int)queue.BytesPerCommand, queue.SubmissionOffset, queue.CompletionOffset, queue.PrpOffset, queue.DataOffset);

    /// <summary>Whether a memory is where and as large as the saved one; its contents are checked later.</summary>
    internal static void CheckMemory(NvmeState state, DmaMemory memory, Pci.PciAddress device)
        => DriverMemory.Check(memory, device, "an NVMe controller", "queues", NvmeMemoryLayout.HeaderMagic, state.Iova, state.Length, state.MemoryId);

    private static void Check(NvmeQueueState queue, string name)
    {
        Require(queue.Entries is >= 2 and <= 65536, $"{name}.entries", $"is {queue.Entries}");
        Require(queue.BytesPerCommand is >= PrpBuilder.PageBytes and <= PrpBuilder.MaxBytes && queue.BytesPerCommand % PrpBuilder.PageBytes == 0, $"{name}.bytes_per_command", $"is {queue.BytesPerCommand}");
        Require(queue.SubmissionTail < queue.Entries, $"{name}.submission_tail", $"{queue.SubmissionTail} is beyond {queue.Entries} entries");
        Require(queue.CompletionHead < queue.Entries, $"{name}.completion_head", $"{queue.CompletionHead} is beyond {queue.Entries} entries");
        Require(!queue.HasVector || queue.Vector <= 2047, $"{name}.vector", $"is {queue.Vector}");
    }

    private static void Require(bool holds, string field, string problem)
    {
        if (!holds) throw new DriverStateException(Driver, field, problem);
    }
}
