using Devices.Drivers.Abi;

namespace Devices.Drivers;

/// <summary>
/// What lies where in the device's memory: a header page, the transmit and the receive ring, the head of each frame as it is sent, and
/// where each is received. The saved state carries the offsets, so that a later release may lay its memory out in another way and still
/// continue this one.
/// </summary>
/// <remarks>
/// The header page, little-endian: <see cref="DriverMemory"/>'s magic, "DKIGBMQ1", and number; 8 bytes with the number of frames that the
/// device was given, written before each doorbell, so that a successor sees whether the state that it has is the newest.
/// </remarks>
internal sealed record IgbMemoryLayout(int Frames, int TransmitEntries, int ReceiveEntries, ulong TransmitRing, ulong ReceiveRing, ulong Heads, ulong Landings, ulong Length)
{
    internal const ulong PageBytes = 4096;
    internal const ulong HeaderSubmittedOffset = DriverMemory.HeaderBytes;
    internal const ulong HeaderMagic = 0x31514d4247494b44;

    /// <summary>The smallest receive buffer that the device has (SRRCTL.BSIZEPACKET is in KiB): what a frame's head takes.</summary>
    internal const int HeadBytes = 1024;

    /// <summary>The most descriptors that a frame takes: its head, and 8192 bytes in parts that cross no page; its head, and KiB by KiB.</summary>
    internal const int TransmitPerFrame = 4;
    internal const int ReceivePerFrame = 1 + (IgbDevice.BytesPerFrame / HeadBytes);

    /// <summary>The bounds of rings in a saved state: TDLEN and RDLEN count in steps of 8 descriptors.</summary>
    internal const int EntriesStep = 8;
    internal const int MaxEntries = 4096;

    internal static IgbMemoryLayout For(IgbOptions options)
    {
        options.Validate();
        var frames = options.FramesInFlight;
        // One more than can be used: a ring whose tail has come round to its head is an empty one.
        var transmit = RoundUp((frames * TransmitPerFrame) + 1, EntriesStep);
        var receive = RoundUp((frames * ReceivePerFrame) + 1, EntriesStep);
        var offset = PageBytes;
        return new IgbMemoryLayout(
            frames, transmit, receive, Take(ref offset, transmit * e1000_adv_tx_desc.SizeInBytes), Take(ref offset, receive * e1000_adv_rx_desc.SizeInBytes),
            Take(ref offset, frames * HeadBytes), Take(ref offset, frames * HeadBytes), offset);
    }

    internal ulong TransmitEntry(int index) => TransmitRing + ((ulong)index * e1000_adv_tx_desc.SizeInBytes);

    internal ulong ReceiveEntry(int index) => ReceiveRing + ((ulong)index * e1000_adv_rx_desc.SizeInBytes);

    internal ulong Head(int frame) => Heads + ((ulong)frame * HeadBytes);

    internal ulong Landing(int frame) => Landings + ((ulong)frame * HeadBytes);

    /// <summary>The first part that is misplaced within the memory, or null: for layouts that were read, not computed.</summary>
    internal string? FindFault()
    {
        List<(string Name, ulong Offset, ulong Bytes)> parts =
        [
            ("header", 0, PageBytes),
            ("transmit ring", TransmitRing, (ulong)TransmitEntries * e1000_adv_tx_desc.SizeInBytes),
            ("receive ring", ReceiveRing, (ulong)ReceiveEntries * e1000_adv_rx_desc.SizeInBytes),
            ("heads", Heads, (ulong)Frames * HeadBytes),
            ("landings", Landings, (ulong)Frames * HeadBytes),
        ];
        return DriverMemory.FindFault(parts, Length);
    }

    private static ulong Take(ref ulong offset, int bytes)
    {
        var taken = offset;
        offset += ((ulong)bytes + PageBytes - 1) / PageBytes * PageBytes;
        return taken;
    }

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;
}
