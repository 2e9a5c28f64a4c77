using Devices.Linux;

namespace Devices.HwTests.Endurance;

/// <summary>
/// The head of the memory by name: what the kernel before had done when it was frozen. It comes over by the toolkit alone; what is in the results directory, by the
/// host, says which round it must be of.
/// </summary>
internal sealed class Ledger(MemFd file)
{
    /// <summary>A page.</summary>
    internal const uint Bytes = 4096;

    private const int RoundAt = 0;
    private const int FreezeAt = 8;
    private const int InFlightAt = 16;
    private const int QueuesAt = 64;
    private const int BytesPerQueue = 16;
    // For as long as there is this kernel.
    private readonly MemoryMapping _mapping = file.Map();

    internal int Round
    {
        get => (int)_mapping.ReadUInt64(RoundAt);
        set => _mapping.WriteUInt64(RoundAt, (ulong)value);
    }

    /// <summary>How long the freeze took by itself, without the sync at the jump.</summary>
    internal TimeSpan Freeze
    {
        get => TimeSpan.FromMicroseconds(_mapping.ReadUInt64(FreezeAt));
        set => _mapping.WriteUInt64(FreezeAt, (ulong)value.TotalMicroseconds);
    }

    /// <summary>Commands that were with the controllers when the freeze stopped them.</summary>
    internal ulong InFlight
    {
        get => _mapping.ReadUInt64(InFlightAt);
        set => _mapping.WriteUInt64(InFlightAt, value);
    }

    /// <summary>A queue pair's writes until the freeze, and all commands that its queue was ever given.</summary>
    internal (ulong Writes, ulong Submitted) this[int queue]
    {
        get => (_mapping.ReadUInt64(At(queue)), _mapping.ReadUInt64(At(queue) + sizeof(ulong)));
        set
        {
            _mapping.WriteUInt64(At(queue), value.Writes);
            _mapping.WriteUInt64(At(queue) + sizeof(ulong), value.Submitted);
        }
    }

    private static nuint At(int queue) => (nuint)(QueuesAt + (queue * BytesPerQueue));
}
