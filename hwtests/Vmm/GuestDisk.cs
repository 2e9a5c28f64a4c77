using Devices.Drivers;
using Devices.HwTests.Drivers;
using Devices.Linux;

namespace Devices.HwTests.Vmm;

/// <summary>The disk that a guest gets, seen by the toolkit's driver, and what <c>guest.c</c> does to it: reads its beginning, and writes that changed behind it.</summary>
internal static class GuestDisk
{
    /// <summary>The bytes that the guest reads.</summary>
    internal const int Length = 256 << 10;

    private static readonly NvmeOptions s_options = new() { QueuePairs = 1 };

    /// <summary>Puts a pattern where the guest reads.</summary>
    internal static void Put(byte[] pattern) => Use(disk => disk.Write(0, pattern));

    /// <summary>What is where the guest writes.</summary>
    internal static byte[] ReadWritten()
    {
        var found = new byte[Length];
        Use(disk => disk.Read(Length / 512, found));
        return found;
    }

    /// <summary>A pattern to read.</summary>
    internal static byte[] Pattern(int seed)
    {
        var pattern = new byte[Length];
        new Random(seed).NextBytes(pattern);
        return pattern;
    }

    /// <summary>What the guest writes of a pattern.</summary>
    internal static byte[] Written(byte[] pattern) => [.. pattern.Select(static each => (byte)(each ^ 0x55))];

    /// <summary>The checksum that the guest tells.</summary>
    internal static ulong Sum(byte[] data) => data.Aggregate(0xcbf29ce484222325UL, static (sum, each) => unchecked((sum ^ each) * 0x100000001b3UL));

    private static void Use(Action<NvmeQueuePair> work)
    {
        using var device = AttachedDevice.Nvme();
        using var controller = NvmeController.Start(device.Attachment, device.Allocate(PageSize.RoundUp(s_options.RequiredMemory), 0x1000_0000), s_options);
        work(controller.Queues[0]);
        controller.Queues[0].Flush();
    }
}
