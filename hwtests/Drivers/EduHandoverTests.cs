using System.Buffers;
using Devices.Drivers;
using Devices.Linux;

namespace Devices.HwTests.Drivers;

/// <summary>The driver of edu on a device that changes hands, which takes an iommufd.</summary>
public sealed class EduHandoverTests : IDisposable
{
    private const ulong MemoryIova = 0x80_0000;

    private readonly AttachedDevice _rig = AttachedDevice.Edu();
    private EduDevice? _edu;

    public void Dispose()
    {
        _edu?.Dispose();
        _rig.Dispose();
    }

    [SkippableFact]
    public void Another_holder_continues_with_the_registers_as_they_are()
    {
        _rig.Device.Interrupts.Msi.Enable(_rig.NewEventFd());
        var edu = _edu = EduDevice.Start(_rig.Attachment, _rig.Device.Interrupts.Msi.Vectors[0]);
        var memory = _rig.Allocate(2 * (ulong)PageSize.Bytes, MemoryIova);
        memory.Bytes(0, 64).Fill(0x5a);
        edu.CopyToDevice(memory, 0, 128, 64);
        edu.CheckLiveness(0xcafe0001);
        Assert.Equal(720U, edu.Factorial(6));
        Assert.Throws<InvalidOperationException>(() => edu.Save(new ArrayBufferWriter<byte>()));
        edu.Quiesce();
        Assert.Throws<InvalidOperationException>(() => edu.CheckLiveness(1));
        var state = new ArrayBufferWriter<byte>();
        edu.Save(state);
        edu.Dispose();

        _rig.ChangeHands();
        var eventFd = _rig.NewEventFd();
        _rig.Device.Interrupts.Msi.Enable(eventFd);
        Assert.False(EduDevice.ReadResetEvidence(_rig.Device, state.WrittenSpan).WasReset);
        var next = _edu = EduDevice.Continue(_rig.Attachment, state.WrittenSpan, eventFd);
        Assert.True(next.CheckNotReset().IsUnchanged);
        Assert.Equal(~0xcafe0001U, next.Liveness);
        Assert.Equal(720U, next.LastFactorial);
        next.Resume();
        _rig.Device.Interrupts.Msi.TriggerAll();
        next.CopyFromDevice(_rig.Memory!, 4096, 128, 64);
        Assert.True(_rig.Memory!.Bytes(4096, 64).IndexOfAnyExcept((byte)0x5a) < 0);
        Assert.Equal(24U, next.Factorial(4));
        next.RaiseInterrupt(2);
        Assert.True(next.TryAwaitInterrupt(2, TimeSpan.FromSeconds(5)));

        next.CheckLiveness(7);
        Assert.True(next.CheckNotReset().WasReset);
        next.Dispose();
        var mismatch = Assert.Throws<DeviceMismatchException>(() => EduDevice.Continue(_rig.Attachment, state.WrittenSpan, eventFd));
        Assert.Equal("liveness", mismatch.Field);
        Assert.Equal(~0xcafe0001U, mismatch.Saved);
        Assert.Equal(~7U, mismatch.Found);
    }
}
