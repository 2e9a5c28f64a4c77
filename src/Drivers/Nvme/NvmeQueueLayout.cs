namespace Devices.Drivers;

/// <summary>Where a queue pair's parts lie in the controller's memory. All offsets are in bytes and page-aligned.</summary>
/// <param name="Entries">Entries of each of the two queues.</param>
/// <param name="BytesPerCommand">Buffer of each command slot.</param>
/// <param name="Submission">The submission queue: 64 bytes an entry.</param>
/// <param name="Completion">The completion queue: 16 bytes an entry.</param>
/// <param name="PrpLists">One page for each command slot.</param>
/// <param name="Data">One buffer for each command slot.</param>
internal readonly record struct NvmeQueueLayout(int Entries, int BytesPerCommand, ulong Submission, ulong Completion, ulong PrpLists, ulong Data)
{
    /// <summary>Command slots: one less than entries, since a full queue cannot be told from an empty one.</summary>
    internal int Slots => Entries - 1;

    internal ulong SubmissionBytes => PageAligned((ulong)Entries * Abi.nvme_command.SizeInBytes);

    internal ulong CompletionBytes => PageAligned((ulong)Entries * Abi.nvme_completion.SizeInBytes);

    internal ulong PrpBytes => (ulong)Slots * PrpBuilder.PageBytes;

    internal ulong DataBytes => (ulong)Slots * (ulong)BytesPerCommand;

    internal ulong SubmissionEntry(int index) => Submission + ((ulong)index * Abi.nvme_command.SizeInBytes);

    internal ulong CompletionEntry(int index) => Completion + ((ulong)index * Abi.nvme_completion.SizeInBytes);

    internal ulong PrpList(int slot) => PrpLists + ((ulong)slot * PrpBuilder.PageBytes);

    internal ulong Buffer(int slot) => Data + ((ulong)slot * (ulong)BytesPerCommand);

    /// <summary>Lays a queue pair out from an offset on.</summary>
    internal static NvmeQueueLayout At(ref ulong offset, int entries, int bytesPerCommand)
    {
        var queue = new NvmeQueueLayout(entries, bytesPerCommand, offset, 0, 0, 0);
        queue = queue with { Completion = queue.Submission + queue.SubmissionBytes };
        queue = queue with { PrpLists = queue.Completion + queue.CompletionBytes };
        queue = queue with { Data = queue.PrpLists + queue.PrpBytes };
        offset = queue.Data + queue.DataBytes;
        return queue;
    }

    private static ulong PageAligned(ulong bytes) => (bytes + PrpBuilder.PageBytes - 1) & ~(ulong)(PrpBuilder.PageBytes - 1);
}
