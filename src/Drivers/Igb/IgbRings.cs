using System.Diagnostics;
using System.Runtime.InteropServices;
using Devices.Drivers.Abi;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Drivers;

/// <summary>
/// The two rings, and the frames in them. A frame is a head in the driver's own memory and up to 8 KiB of payload wherever the copy's
/// source is. The head fills the first receive buffer, again in the driver's memory; the payload goes into those after it, which lie in
/// the copy's destination. So what is copied is never taken for an Ethernet header, whatever it says, and has no smallest length.
/// </summary>
/// <remarks>Frames are given to the device in rounds: all of a round are back before the next begins, and between rounds both rings are empty.</remarks>
internal sealed class IgbRings
{
    private const int HeadNumberOffset = 16;
    private static readonly TimeSpan s_aliveCheck = TimeSpan.FromSeconds(1);

    /// <summary>Locally administered addresses, and the EtherType for local experiments (IEEE Std 802).</summary>
    private static ReadOnlySpan<byte> EthernetHeader => [0x02, 0x44, 0x4b, 0, 0, 1, 0x02, 0x44, 0x4b, 0, 0, 2, 0x88, 0xb5];

    private readonly IgbRegisters _registers;
    private readonly DmaMemory _memory;
    private readonly EventFd? _interrupt;
    private readonly TimeSpan _limit;
    private readonly FrameSlot[] _slots;
    private int _count;
    private int _transmitTail;
    private int _receiveTail;

    internal IgbRings(IgbRegisters registers, DmaMemory memory, IgbMemoryLayout layout, EventFd? interrupt, TimeSpan limit)
    {
        _registers = registers;
        _memory = memory;
        _interrupt = interrupt;
        _limit = limit;
        Layout = layout;
        _slots = new FrameSlot[layout.Frames];
    }

    internal IgbMemoryLayout Layout { get; }

    /// <summary>Frames that were given to the device, also by those who had it before.</summary>
    internal ulong Submitted { get; private set; }

    /// <summary>Interrupts that were taken.</summary>
    internal ulong Interrupts { get; private set; }

    internal bool IsFull => _count == _slots.Length;

    internal bool IsEmpty => _count == 0;

    /// <summary>The heads of the frames, which stay as they are but for their numbers.</summary>
    internal void WriteHeads()
    {
        for (var frame = 0; frame < Layout.Frames; frame++) EthernetHeader.CopyTo(_memory.Bytes(Layout.Head(frame), EthernetHeader.Length));
    }

    /// <summary>Goes on where somebody else stopped.</summary>
    internal void Continue(int transmitTail, int receiveTail, ulong submitted, ulong interrupts)
    {
        _transmitTail = transmitTail;
        _receiveTail = receiveTail;
        Submitted = submitted;
        Interrupts = interrupts;
    }

    /// <summary>Puts a frame into the round; the device does not know of it yet.</summary>
    internal void Add(Iova source, Iova destination, int bytes)
    {
        ref var slot = ref _slots[_count];
        slot.Number = Submitted + (ulong)_count;
        slot.Payload = bytes;

        var head = Layout.Head(_count);
        _memory.WriteUInt64(head + HeadNumberOffset, slot.Number);
        Transmit(_memory.Iova + head, IgbMemoryLayout.HeadBytes, bytes, isLast: false);
        for (var done = 0; done < bytes;)
        {
            // QEMU maps each part at once, and drops a frame of which a part is not in one piece in its memory: no part crosses a page.
            var at = source + (ulong)done;
            var part = Math.Min(bytes - done, (int)(IgbMemoryLayout.PageBytes - (at.Value % IgbMemoryLayout.PageBytes)));
            done += part;
            slot.LastTransmit = Transmit(at, part, bytes, isLast: done == bytes);
        }

        // The number of the frame that landed here before is not this one's; it is cleared so that only the device can put it there.
        var landing = Layout.Landing(_count);
        _memory.WriteUInt64(landing + HeadNumberOffset, ulong.MaxValue);
        slot.FirstReceive = Receive(_memory.Iova + landing);
        for (var done = 0; done < bytes; done += IgbMemoryLayout.HeadBytes) Receive(destination + (ulong)done);
        _count++;
    }

    /// <summary>Gives the round to the device, and waits until all of its frames are back.</summary>
    /// <exception cref="DeviceTimeoutException">They are not, or the interrupt is missing.</exception>
    /// <exception cref="DeviceException">The device is gone, or what came back is not what was sent.</exception>
    internal void Run()
    {
        // An interrupt of the round before, or one that a restore triggered, is not this one's.
        TakeInterrupts();
        Submitted += (ulong)_count;
        // Before the doorbell: whoever takes over must never find fewer frames than the device was given.
        _memory.WriteUInt64(IgbMemoryLayout.HeaderSubmittedOffset, Submitted);
        _registers.Ring(_receiveTail, _transmitTail);
        var start = Stopwatch.GetTimestamp();
        if (_interrupt is not null) AwaitInterrupt(start);
        Poll(start);
        for (var frame = 0; frame < _count; frame++) Check(frame);
        _count = 0;
    }

    /// <summary>Counts the interrupts that came and were not waited for.</summary>
    internal void TakeInterrupts()
    {
        if (_interrupt is not null && _interrupt.TryRead(out var count)) Interrupts += count;
    }

    private int Transmit(Iova buffer, int bytes, int payload, bool isLast)
    {
        var entry = _transmitTail;
        var descriptor = new e1000_adv_tx_desc
        {
            buffer_addr = buffer.Value,
            cmd_type_len = (uint)bytes | E1000.ADVTXD_DTYP_DATA | E1000.ADVTXD_DCMD_DEXT | E1000.ADVTXD_DCMD_IFCS | (isLast ? E1000.ADVTXD_DCMD_EOP | E1000.ADVTXD_DCMD_RS : 0),
            olinfo_status = (uint)(IgbMemoryLayout.HeadBytes + payload) << E1000.ADVTXD_PAYLEN_SHIFT,
        };
        MemoryMarshal.Write(_memory.Bytes(Layout.TransmitEntry(entry), e1000_adv_tx_desc.SizeInBytes), in descriptor);
        _transmitTail = entry + 1 == Layout.TransmitEntries ? 0 : entry + 1;
        return entry;
    }

    private int Receive(Iova buffer)
    {
        var entry = _receiveTail;
        var descriptor = new e1000_adv_rx_desc { pkt_addr = buffer.Value };
        MemoryMarshal.Write(_memory.Bytes(Layout.ReceiveEntry(entry), e1000_adv_rx_desc.SizeInBytes), in descriptor);
        _receiveTail = NextReceive(entry);
        return entry;
    }

    private int NextReceive(int entry) => entry + 1 == Layout.ReceiveEntries ? 0 : entry + 1;

    /// <summary>Waits until all frames have arrived and are reported as sent, too: only then are their descriptors the driver's again.</summary>
    private void Poll(long start)
    {
        var spinner = default(SpinWait);
        while (true)
        {
            var late = Stopwatch.GetElapsedTime(start) > _limit;
            if (HaveArrived() && WereSent()) return;
            if (late) throw Late();
            spinner.SpinOnce(sleep1Threshold: -1);
            if (spinner.Count % 1024 == 0) _registers.CheckAlive();
        }
    }

    /// <summary>Waits for an interrupt that finds all frames arrived.</summary>
    private void AwaitInterrupt(long start)
    {
        while (true)
        {
            var left = _limit - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) throw Late();
            var slice = left < s_aliveCheck ? left : s_aliveCheck;
            if (TryAwaitInterrupt(slice))
            {
                if (HaveArrived()) return;
                continue;
            }

            _registers.CheckAlive();
            if (!HaveArrived()) continue;
            if (TryAwaitInterrupt(slice)) return;
            throw new DeviceTimeoutException(_registers.Device, "the interrupt of a frame that was received", slice, "The frame is there, its interrupt on vector 0 did not come: is the vector armed?");
        }
    }

    private bool TryAwaitInterrupt(TimeSpan limit)
    {
        if (!_interrupt!.TryWait(limit, out var count)) return false;
        Interrupts += count;
        return true;
    }

    private bool HaveArrived()
    {
        for (var frame = _count - 1; frame >= 0; frame--)
        {
            if (!HasArrived(frame)) return false;
        }

        return true;
    }

    private bool WereSent()
    {
        for (var frame = _count - 1; frame >= 0; frame--)
        {
            if (!WasSent(frame)) return false;
        }

        return true;
    }

    private bool WasSent(int frame)
        => (_memory.ReadUInt32(Layout.TransmitEntry(_slots[frame].LastTransmit) + e1000_adv_tx_desc.StatusOffset) & E1000.TXD_STAT_DD) != 0;

    private bool HasArrived(int frame)
    {
        ref readonly var slot = ref _slots[frame];
        var buffers = 1 + ((slot.Payload + IgbMemoryLayout.HeadBytes - 1) / IgbMemoryLayout.HeadBytes);
        var last = (slot.FirstReceive + buffers - 1) % Layout.ReceiveEntries;
        return (ReceiveStatus(last) & E1000.RXD_STAT_DD) != 0;
    }

    private uint ReceiveStatus(int entry) => _memory.ReadUInt32(Layout.ReceiveEntry(entry) + e1000_adv_rx_desc.StatusOffset);

    /// <summary>A frame that arrived is the one that was sent, whole and without an error.</summary>
    private void Check(int frame)
    {
        ref readonly var slot = ref _slots[frame];
        var number = _memory.ReadUInt64(Layout.Landing(frame) + HeadNumberOffset);
        if (number != slot.Number)
            throw new DeviceFailedException(_registers.Device, number == ulong.MaxValue ? $"frame {slot.Number} is said to have arrived and is not in its buffer." : $"frame {number} arrived in the place of frame {slot.Number}: one was lost.");
        var entry = slot.FirstReceive;
        for (var left = IgbMemoryLayout.HeadBytes + slot.Payload; left > 0; left -= IgbMemoryLayout.HeadBytes)
        {
            var status = ReceiveStatus(entry);
            var length = _memory.ReadUInt16(Layout.ReceiveEntry(entry) + e1000_adv_rx_desc.LengthOffset);
            var expected = Math.Min(left, IgbMemoryLayout.HeadBytes);
            var wantsEnd = left <= IgbMemoryLayout.HeadBytes;
            if ((status & E1000.RXDEXT_ERR_FRAME_ERR_MASK) != 0 || length != expected || ((status & E1000.RXD_STAT_EOP) != 0) != wantsEnd)
                throw new DeviceFailedException(_registers.Device, $"frame {slot.Number} did not arrive as it was sent: the descriptor says 0x{status:x} and {length} bytes where {expected}{(wantsEnd ? " and the frame's end" : "")} were due.");
            entry = NextReceive(entry);
        }
    }

    private DeviceTimeoutException Late()
    {
        _registers.CheckAlive();
        var (sent, arrived) = (0, 0);
        for (var frame = 0; frame < _count; frame++)
        {
            if (WasSent(frame)) sent++;
            if (HasArrived(frame)) arrived++;
        }

        return new DeviceTimeoutException(
            _registers.Device, $"{_count} frames to come back", _limit,
            $"{sent} were sent and {arrived} arrived; TDH is {_registers.TransmitHead} of {_transmitTail}, RDH {_registers.ReceiveHead} of {_receiveTail}. An IOMMU fault or Bus Master off would do that.");
    }
}
