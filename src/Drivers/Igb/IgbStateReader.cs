using Devices.Drivers.Abi;
using Devices.Drivers.State;
using Devices.Iommufd;
using Devices.Pci;

namespace Devices.Drivers;

/// <summary>Checks a saved state field by field. Only what comes out of here is used.</summary>
internal static class IgbStateReader
{
    internal const string Driver = "igb";
    internal const uint Version = 1;

    internal static IgbState Read(ReadOnlySpan<byte> bytes)
    {
        var state = StateEnvelope.Read(Driver, Version, bytes, IgbState.Parser);
        // A later release may save more of them: they are compared as well, but only these may be read.
        Require(state.Registers.Count == IgbRegisters.Kept.Length, "registers", $"has {state.Registers.Count} entries, not {IgbRegisters.Kept.Length}");
        for (var i = 0; i < IgbRegisters.Kept.Length; i++)
        {
            var (name, offset) = IgbRegisters.Kept[i];
            Require(state.Registers[i].Offset == offset, $"registers[{i}]", $"is 0x{state.Registers[i].Offset:x}, not {name}");
        }

        Require(state.Frames is >= 1 and <= IgbOptions.MaxFramesInFlight, "frames", $"is {state.Frames}");
        CheckEntries(state.TransmitEntries, state.Frames * IgbMemoryLayout.TransmitPerFrame, "transmit_entries");
        CheckEntries(state.ReceiveEntries, state.Frames * IgbMemoryLayout.ReceivePerFrame, "receive_entries");
        Require(state.Length is > 0 and <= long.MaxValue, "length", $"is 0x{state.Length:x}");
        Require(state.Iova <= ulong.MaxValue - state.Length, "iova", $"0x{state.Iova:x} and 0x{state.Length:x} bytes exceed 64 bits");
        var fault = Layout(state).FindFault();
        Require(fault is null, "layout", fault ?? "");

        // What the registers were and what the rings say must be one story.
        Require((Value(state, E1000.RCTL) & E1000.RCTL_EN) != 0, "RCTL", "says that the receiver was off");
        Require((Value(state, E1000.TCTL) & E1000.TCTL_EN) != 0, "TCTL", "says that the transmitter was off");
        CheckRing(state, "TD", E1000.TDBAL, E1000.TDBAH, E1000.TDLEN, E1000.TDH, E1000.TDT, state.TransmitOffset, state.TransmitEntries);
        CheckRing(state, "RD", E1000.RDBAL, E1000.RDBAH, E1000.RDLEN, E1000.RDH, E1000.RDT, state.ReceiveOffset, state.ReceiveEntries);
        return state;
    }

    internal static IgbMemoryLayout Layout(IgbState state)
        => new((int)state.Frames, (int)state.TransmitEntries, (int)state.ReceiveEntries, state.TransmitOffset, state.ReceiveOffset, state.HeadsOffset, state.LandingsOffset, state.Length);

    internal static uint Value(IgbState state, uint offset) => state.Registers.First(register => register.Offset == offset).Value;

    /// <summary>Whether frames raise interrupts.</summary>
    internal static bool HasInterrupts(IgbState state) => Value(state, E1000.EIMS) != 0;

    /// <summary>Whether a memory is where and as large as the saved one, and has its header.</summary>
    internal static void CheckMemory(IgbState state, DmaMemory memory, PciAddress device)
    {
        DriverMemory.Check(memory, device, "an 82576", "rings", IgbMemoryLayout.HeaderMagic, state.Iova, state.Length, state.MemoryId);
        var submitted = memory.ReadUInt64(IgbMemoryLayout.HeaderSubmittedOffset);
        if (submitted != state.Submitted) throw new DeviceMismatchException(device, "frames given to the device", state.Submitted, submitted, "The driver went on after the state was saved: start the device instead.");
    }

    private static void CheckEntries(uint entries, uint used, string field)
        => Require(entries > used && entries <= IgbMemoryLayout.MaxEntries && entries % IgbMemoryLayout.EntriesStep == 0, field, $"is {entries}, of which {used} can be used at once");

    private static void CheckRing(IgbState state, string name, uint low, uint high, uint length, uint head, uint tail, ulong offset, uint entries)
    {
        var at = Value(state, low) | ((ulong)Value(state, high) << 32);
        Require(at == state.Iova + offset, $"{name}BAL", $"0x{at:x} is not where the ring is");
        Require(Value(state, length) == entries * e1000_adv_tx_desc.SizeInBytes, $"{name}LEN", $"0x{Value(state, length):x} does not fit a ring of {entries} entries");
        Require(Value(state, tail) < entries, $"{name}T", $"{Value(state, tail)} is beyond {entries} entries");
        Require(Value(state, head) == Value(state, tail), $"{name}H", $"{Value(state, head)} is not {name}T, {Value(state, tail)}: something was in flight");
    }

    private static void Require(bool holds, string field, string problem)
    {
        if (!holds) throw new DriverStateException(Driver, field, problem);
    }
}
