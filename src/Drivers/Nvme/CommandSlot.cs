namespace Devices.Drivers;

/// <summary>A command identifier and what is known of the command that has it.</summary>
internal struct CommandSlot
{
    internal SlotState State;
    internal byte Opcode;
    internal NvmeStatus Status;
    internal uint Sequence;
    internal uint Result;
    internal int Bytes;
    internal bool HasOwnBuffer;
    internal ulong Lba;
}
