using Devices.Iommufd;
using Devices.LiveUpdate;

namespace Devices.Lab.Demo;

/// <summary>What both halves of the job agree on.</summary>
internal static class Setup
{
    internal const string Ram = "ram";
    internal const string Queues = "queues";
    internal const string EduBuffer = "edu-buffer";

    internal const long RamBytes = 256L << 20;
    internal const ulong EduBufferBytes = 4096;
    internal const ulong Seed = 0x9e37_79b9_7f4a_7c15;

    /// <summary>Commands written on each queue pair before the jump: more than its 32 entries, and not a multiple, so that it has wrapped and stands off zero.</summary>
    internal static readonly int[] CommandsBefore = [45, 23];

    /// <summary>Blocks of each command.</summary>
    internal const int BlocksPerCommand = 8;

    internal const uint EduLiveness = 0x1234_5678;
    internal const uint EduFactorialOf = 10;

    internal static readonly SessionName Session = new("devkeep-demo");

    // edu reaches 28 bits of address.
    internal static readonly Iova EduBufferAt = new(0x0100_0000);
    internal static readonly Iova QueuesAt = new(0x0200_0000);
    internal static readonly Iova RamAt = new(0x1_0000_0000);

    /// <summary>The first block of a command's: each queue pair has a range of its own.</summary>
    internal static ulong LbaOf(int queue, int command) => ((ulong)queue * 100_000) + ((ulong)command * BlocksPerCommand);
}
