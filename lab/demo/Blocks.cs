using Devices.Drivers;

namespace Devices.Lab.Demo;

/// <summary>Writes and reads back blocks whose contents tell where they belong, a command at a time.</summary>
internal static class Blocks
{
    internal static void Write(NvmeController nvme, int queue, int firstCommand, int commands, ulong seed)
    {
        var data = new byte[Setup.BlocksPerCommand * nvme.Namespace.BlockBytes];
        for (var command = firstCommand; command < firstCommand + commands; command++)
        {
            var lba = Setup.LbaOf(queue, command);
            Pattern.Fill(data, seed, lba * (ulong)nvme.Namespace.BlockBytes);
            nvme.Queues[queue].Write(lba, data);
        }
    }

    /// <summary>Counts the blocks that are not what <see cref="Write"/> made them.</summary>
    internal static long CountLost(NvmeController nvme, int queue, int firstCommand, int commands, ulong seed)
    {
        var blockBytes = nvme.Namespace.BlockBytes;
        var data = new byte[Setup.BlocksPerCommand * blockBytes];
        var lost = 0L;
        for (var command = firstCommand; command < firstCommand + commands; command++)
        {
            var lba = Setup.LbaOf(queue, command);
            nvme.Queues[queue].Read(lba, data);
            for (var block = 0; block < Setup.BlocksPerCommand; block++)
            {
                if (Pattern.CountLost(data.AsSpan(block * blockBytes, blockBytes), seed, (lba + (ulong)block) * (ulong)blockBytes) > 0) lost++;
            }
        }

        return lost;
    }
}
