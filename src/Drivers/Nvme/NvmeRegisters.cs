using System.Diagnostics;
using Devices.Drivers.Abi;
using Devices.Pci;

namespace Devices.Drivers;

/// <summary>A controller's registers: what they mean, and that an answer of all ones is none.</summary>
internal sealed class NvmeRegisters : IDisposable
{
    private readonly IRegisterBlock _block;

    internal NvmeRegisters(IRegisterBlock block, PciAddress device)
    {
        _block = block;
        Device = device;
        if (_block.ReadUInt32(NVME_REG.VS) == uint.MaxValue) throw new DeviceGoneException(device, "VS");
        Capabilities = new NvmeCapabilities(Read64(NVME_REG.CAP));
    }

    internal PciAddress Device { get; }

    internal NvmeCapabilities Capabilities { get; }

    internal uint Version => Read(NVME_REG.VS, "VS");

    internal uint InterruptMask
    {
        // All ones is what the driver writes: no sign of a device that is gone.
        get => _block.ReadUInt32(NVME_REG.INTMS);
        set => _block.WriteUInt32(NVME_REG.INTMS, value);
    }

    internal uint Configuration
    {
        get => Read(NVME_REG.CC, "CC");
        set => _block.WriteUInt32(NVME_REG.CC, value);
    }

    internal uint Status => Read(NVME_REG.CSTS, "CSTS");

    internal uint AdminQueueAttributes
    {
        get => Read(NVME_REG.AQA, "AQA");
        set => _block.WriteUInt32(NVME_REG.AQA, value);
    }

    internal ulong AdminSubmissionBase
    {
        get => Read64(NVME_REG.ASQ);
        set => Write64(NVME_REG.ASQ, value);
    }

    internal ulong AdminCompletionBase
    {
        get => Read64(NVME_REG.ACQ);
        set => Write64(NVME_REG.ACQ, value);
    }

    public void Dispose() => _block.Dispose();

    /// <summary>Refuses queue ids whose doorbells lie beyond the BAR.</summary>
    internal void CheckDoorbells(int lastQueue)
    {
        var end = (ulong)CompletionDoorbell(lastQueue) + sizeof(uint);
        if (end > _block.Length)
            throw new DeviceFailedException(Device, $"the doorbells of queue {lastQueue} end at 0x{end:x}, beyond BAR 0 of 0x{_block.Length:x} bytes.");
    }

    internal uint SubmissionDoorbell(int queue) => NVME_REG.DBS + (uint)(2 * queue * Capabilities.DoorbellStride);

    internal uint CompletionDoorbell(int queue) => NVME_REG.DBS + (uint)(((2 * queue) + 1) * Capabilities.DoorbellStride);

    /// <summary>Tells the controller about entries in memory. What was written before is visible to it first.</summary>
    internal void Ring(uint doorbell, int value)
    {
        Volatile.WriteBarrier();
        _block.WriteUInt32(doorbell, (uint)value);
    }

    /// <summary>Throws if the controller is gone or reports a fatal error.</summary>
    internal uint CheckAlive()
    {
        var status = Status;
        if ((status & NVME_CSTS.CFS) != 0)
            throw new DeviceFailedException(Device, $"the controller reports a fatal error (CSTS.CFS, CSTS is 0x{status:x}): it needs a reset.");
        return status;
    }

    /// <summary>Waits until bits of CSTS have a value.</summary>
    internal void WaitStatus(uint mask, uint value, string awaited, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            // Read the clock first: a thread that was not scheduled for a while must not take that for the controller's fault.
            var late = Stopwatch.GetElapsedTime(start) > limit;
            var status = CheckAlive();
            if ((status & mask) == value) return;
            if (late) throw new DeviceTimeoutException(Device, awaited, limit, $"CSTS is 0x{status:x}, CC 0x{Configuration:x}.");
            Thread.Sleep(1);
        }
    }

    private uint Read(uint offset, string name)
    {
        var value = _block.ReadUInt32(offset);
        return value != uint.MaxValue ? value : throw new DeviceGoneException(Device, name);
    }

    // Two halves, which the specification allows and every controller takes.
    private ulong Read64(uint offset) => _block.ReadUInt32(offset) | ((ulong)_block.ReadUInt32(offset + 4) << 32);

    private void Write64(uint offset, ulong value)
    {
        _block.WriteUInt32(offset, (uint)value);
        _block.WriteUInt32(offset + 4, (uint)(value >> 32));
    }
}
