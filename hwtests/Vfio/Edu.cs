using System.Diagnostics;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>The registers of QEMU's edu device (its docs/specs/edu.rst), poked without a driver.</summary>
internal static class Edu
{
    internal const uint Identification = 0x00;
    internal const uint Liveness = 0x04;
    internal const uint InterruptStatus = 0x24;
    internal const uint InterruptRaise = 0x60;
    internal const uint InterruptAcknowledge = 0x64;
    internal const uint Buffer = 0x40000;
    private const uint DmaSource = 0x80;
    private const uint DmaDestination = 0x88;
    private const uint DmaCount = 0x90;
    private const uint DmaCommand = 0x98;
    private const uint Start = 1;
    private const uint ToMemory = 2;

    /// <summary>The highest address that its 28-bit DMA engine reaches.</summary>
    internal static readonly Iova Reach = new((1 << 28) - 1);

    internal static void CopyFromMemory(BarMapping registers, Iova source, ulong count)
        => Copy(registers, source.Value, Buffer, count, Start);

    internal static void CopyToMemory(BarMapping registers, Iova destination, ulong count)
        => Copy(registers, Buffer, destination.Value, count, Start | ToMemory);

    internal static void SetBusMaster(VfioDevice device, bool on)
    {
        const ushort BusMaster = 1 << 2;
        Span<byte> bytes = stackalloc byte[2];
        device.ConfigSpace.Read(0x04, bytes);
        var command = BitConverter.ToUInt16(bytes);
        BitConverter.TryWriteBytes(bytes, (ushort)(on ? command | BusMaster : command & ~BusMaster));
        device.ConfigSpace.Write(0x04, bytes);
    }

    /// <summary>The eventfd was signalled within a time that no emulated interrupt exceeds.</summary>
    internal static bool Arrives(EventFd eventFd) => eventFd.TryWait(TimeSpan.FromSeconds(5), out _);

    /// <summary>The eventfd stays silent for a time that is long for an interrupt.</summary>
    internal static bool StaysSilent(EventFd eventFd) => !eventFd.TryWait(TimeSpan.FromMilliseconds(200), out _);

    private static void Copy(BarMapping registers, ulong source, ulong destination, ulong count, uint command)
    {
        registers.WriteUInt64(DmaSource, source);
        registers.WriteUInt64(DmaDestination, destination);
        registers.WriteUInt64(DmaCount, count);
        registers.WriteUInt64(DmaCommand, command);
        var clock = Stopwatch.StartNew();
        while ((registers.ReadUInt64(DmaCommand) & Start) != 0)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "edu's DMA does not end");
            Thread.Sleep(5);
        }
    }
}
