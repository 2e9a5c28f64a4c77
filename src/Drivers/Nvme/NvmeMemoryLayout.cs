namespace Devices.Drivers;

/// <summary>
/// What lies where in the controller's memory: a header page, the admin queue pair, the I/O queue pairs. The saved state carries the
/// offsets, so that a later release may lay its memory out in another way and still continue this one.
/// </summary>
/// <remarks>
/// The header page, little-endian: <see cref="DriverMemory"/>'s magic, "DKNVMEQ1", and number. Then, 8 bytes a queue by its id, how many
/// commands it was given: written before each doorbell, so that a successor sees whether the state that it has is the newest.
/// </remarks>
internal sealed record NvmeMemoryLayout(NvmeQueueLayout Admin, IReadOnlyList<NvmeQueueLayout> Queues, ulong Length)
{
    internal const ulong HeaderSubmittedOffset = DriverMemory.HeaderBytes;
    internal const ulong HeaderBytes = PrpBuilder.PageBytes;
    internal const ulong HeaderMagic = 0x3151454d564e4b44;

    internal static NvmeMemoryLayout For(NvmeOptions options)
    {
        options.Validate();
        var offset = HeaderBytes;
        var admin = NvmeQueueLayout.At(ref offset, NvmeOptions.AdminEntries, PrpBuilder.PageBytes);
        var queues = new NvmeQueueLayout[options.QueuePairs];
        for (var i = 0; i < queues.Length; i++) queues[i] = NvmeQueueLayout.At(ref offset, options.QueueEntries, options.BytesPerCommand);
        return new NvmeMemoryLayout(admin, queues, offset);
    }

    /// <summary>The first part that is misplaced within a memory of some length, or null: for layouts that were read, not computed.</summary>
    internal string? FindFault(ulong memoryLength)
    {
        var parts = new List<(string Name, ulong Offset, ulong Bytes)> { ("header", 0, HeaderBytes) };
        Add(parts, "admin queue", Admin);
        for (var i = 0; i < Queues.Count; i++) Add(parts, $"queue {i + 1}", Queues[i]);
        return DriverMemory.FindFault(parts, memoryLength);
    }

    private static void Add(List<(string Name, ulong Offset, ulong Bytes)> parts, string name, in NvmeQueueLayout queue)
    {
        parts.Add(($"{name}: submission queue", queue.Submission, queue.SubmissionBytes));
        parts.Add(($"{name}: completion queue", queue.Completion, queue.CompletionBytes));
        parts.Add(($"{name}: PRP lists", queue.PrpLists, queue.PrpBytes));
        parts.Add(($"{name}: data", queue.Data, queue.DataBytes));
    }
}
