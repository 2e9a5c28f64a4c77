namespace Devices.Drivers;

/// <summary>
/// What lies where in the controller's memory: a header page, the admin queue pair, the I/O queue pairs. The saved state carries the
/// offsets, so that a later release may lay its memory out in another way and still continue this one.
/// </summary>
/// <remarks>
/// The header page, little-endian: 8 bytes magic "DKNVMEQ1", 8 bytes of a random number that is in the saved state too: it tells the
/// controller's own memory from another of the same size. Then, 8 bytes a queue by its id, how many commands it was given: written before
/// each doorbell, so that a successor sees whether the state that it has is the newest.
/// </remarks>
internal sealed record NvmeMemoryLayout(NvmeQueueLayout Admin, IReadOnlyList<NvmeQueueLayout> Queues, ulong Length)
{
    internal const ulong HeaderMagicOffset = 0;
    internal const ulong HeaderIdOffset = 8;
    internal const ulong HeaderSubmittedOffset = 16;
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
        foreach (var (name, offset, bytes) in parts)
        {
            if (offset % PrpBuilder.PageBytes != 0) return $"{name} at 0x{offset:x} is not page-aligned";
            if (offset > memoryLength || bytes > memoryLength - offset) return $"{name} at 0x{offset:x} exceeds the memory of 0x{memoryLength:x} bytes";
        }

        parts.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        for (var i = 1; i < parts.Count; i++)
        {
            if (parts[i].Offset < parts[i - 1].Offset + parts[i - 1].Bytes) return $"{parts[i].Name} at 0x{parts[i].Offset:x} overlaps {parts[i - 1].Name}";
        }

        return null;
    }

    private static void Add(List<(string Name, ulong Offset, ulong Bytes)> parts, string name, in NvmeQueueLayout queue)
    {
        parts.Add(($"{name}: submission queue", queue.Submission, queue.SubmissionBytes));
        parts.Add(($"{name}: completion queue", queue.Completion, queue.CompletionBytes));
        parts.Add(($"{name}: PRP lists", queue.PrpLists, queue.PrpBytes));
        parts.Add(($"{name}: data", queue.Data, queue.DataBytes));
    }
}
