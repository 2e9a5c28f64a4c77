using Devices.Drivers;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Drivers;

/// <summary>The driver of edu on the device, by each back end.</summary>
public abstract class EduDeviceTests(IommuMode mode) : IDisposable
{
    private const ulong MemoryIova = 0x80_0000;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly BackEndDevice _rig = BackEndDevice.Edu(mode);
    private EduDevice? _edu;

    public enum Interrupts
    {
        None,
        Msi,
        Intx,
    }

    public void Dispose()
    {
        _edu?.Dispose();
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableTheory]
    [InlineData(Interrupts.None)]
    [InlineData(Interrupts.Msi)]
    [InlineData(Interrupts.Intx)]
    public void It_computes_copies_and_interrupts(Interrupts interrupts)
    {
        var edu = Start(interrupts);
        Assert.Equal(0x010000edU, edu.Identification);
        edu.CheckLiveness(0x12345678);
        Assert.Equal(~0x12345678U, edu.Liveness);
        edu.CheckLiveness(0); // answers with all ones, and is not gone
        Assert.Equal(120U, edu.Factorial(5));
        Assert.Equal(479001600U, edu.Factorial(12));
        Assert.Equal(1U, edu.Factorial(0));

        var memory = _rig.Allocate(4 * (ulong)PageSize.Bytes, MemoryIova);
        var pattern = new byte[EduDevice.BufferBytes];
        new Random(1).NextBytes(pattern);
        pattern.CopyTo(memory.Bytes(0, pattern.Length));
        edu.CopyToDevice(memory, 0, 0, pattern.Length);
        edu.CopyFromDevice(memory, 8192, 0, pattern.Length);
        Assert.True(memory.Bytes(8192, pattern.Length).SequenceEqual(pattern));
        edu.CopyFromDevice(memory, 4096 + 5, 1000, 77);
        Assert.True(memory.Bytes(4096 + 5, 77).SequenceEqual(pattern.AsSpan(1000, 77)));
        Assert.Equal(0, memory.Bytes(4096 + 5 + 77, 1)[0]);

        if (interrupts == Interrupts.None)
        {
            Assert.Throws<InvalidOperationException>(() => edu.TryAwaitInterrupt(1, Moment));
            return;
        }

        for (uint bit = 1; bit != 0x10; bit <<= 1)
        {
            edu.RaiseInterrupt(bit);
            Assert.True(edu.TryAwaitInterrupt(bit, TimeSpan.FromSeconds(5)));
            Assert.Equal(0U, edu.InterruptStatus);
        }

        Assert.False(edu.TryAwaitInterrupt(1, Moment));
    }

    [SkippableFact]
    public void Memory_that_it_cannot_address_is_refused()
    {
        var edu = Start(Interrupts.None);
        var memory = _rig.Allocate(2 * (ulong)PageSize.Bytes, EduDevice.DmaLimit - (ulong)PageSize.Bytes);
        edu.CopyToDevice(memory, 0, 0, 16);
        Assert.Throws<ArgumentException>(() => edu.CopyToDevice(memory, (ulong)PageSize.Bytes - 8, 0, 16));
        Assert.Throws<ArgumentException>(() => edu.CopyFromDevice(memory, (ulong)PageSize.Bytes, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => edu.CopyToDevice(memory, 0, 4090, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => edu.CopyToDevice(memory, memory.Length - 1, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => edu.CopyToDevice(memory, 0, 0, 0));
    }

    private EduDevice Start(Interrupts interrupts)
    {
        if (interrupts == Interrupts.None) return _edu = EduDevice.Start(_rig.Attachment);
        var eventFd = _rig.NewEventFd();
        if (interrupts == Interrupts.Msi)
        {
            _rig.Device.Interrupts.Msi.Enable(eventFd);
            return _edu = EduDevice.Start(_rig.Attachment, eventFd);
        }

        var line = _rig.Device.Interrupts.Intx;
        line.Enable(eventFd);
        return _edu = EduDevice.Start(_rig.Attachment, eventFd, line);
    }

    public sealed class OnType1() : EduDeviceTests(IommuMode.Type1);

    public sealed class OnType1v2() : EduDeviceTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : EduDeviceTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : EduDeviceTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : EduDeviceTests(IommuMode.Iommufd);
}
