using System.Runtime.CompilerServices;

namespace Devices.Drivers;

/// <summary>How an NVMe controller is brought up.</summary>
public sealed record NvmeOptions
{
    /// <summary>Entries of the admin queues.</summary>
    internal const int AdminEntries = 16;

    /// <summary>I/O queue pairs, 1 to 128.</summary>
    public int QueuePairs { get; init; } = 2;

    /// <summary>
    /// Entries of each I/O submission and completion queue, 2 to 4096 and at most what the controller's CAP.MQES allows. One less
    /// can be in flight.
    /// </summary>
    public int QueueEntries { get; init; } = 32;

    /// <summary>
    /// Bytes of buffer for each command, a multiple of 4096 up to 2 MiB. A transfer moves at most this in one command, and at most
    /// what the controller allows (MDTS); longer ones are split.
    /// </summary>
    public int BytesPerCommand { get; init; } = 128 * 1024;

    /// <summary>The namespace to use; null takes the first active one.</summary>
    public uint? NamespaceId { get; init; }

    /// <summary>How long a command may take, and how long quiescing waits for those in flight.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of DMA memory that a controller with these options needs, a multiple of 4096.</summary>
    /// <exception cref="InvalidOperationException">An option is out of its range.</exception>
    public ulong RequiredMemory => NvmeMemoryLayout.For(this).Length;

    internal void Validate()
    {
        InRange(QueuePairs, 1, 128);
        InRange(QueueEntries, 2, 4096);
        InRange(BytesPerCommand, PrpBuilder.PageBytes, PrpBuilder.MaxBytes);
        if (BytesPerCommand % PrpBuilder.PageBytes != 0) throw Wrong($"{nameof(BytesPerCommand)} of {BytesPerCommand} is not a multiple of {PrpBuilder.PageBytes}");
        if (NamespaceId is 0 or uint.MaxValue) throw Wrong($"{nameof(NamespaceId)} 0x{NamespaceId:x} names no namespace");
        if (CommandTimeout <= TimeSpan.Zero) throw Wrong($"{nameof(CommandTimeout)} of {CommandTimeout} leaves a command no time");
    }

    private static void InRange(int value, int least, int most, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < least || value > most) throw Wrong($"{name} of {value} is not in {least} to {most}");
    }

    private static InvalidOperationException Wrong(string problem) => new($"The options cannot be used: {problem}.");
}
