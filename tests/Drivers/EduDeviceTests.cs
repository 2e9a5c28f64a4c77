using System.Buffers;
using Devices.Drivers;
using Devices.Drivers.State;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Tests.Drivers;

/// <summary>The driver of edu against a model of it.</summary>
public sealed class EduDeviceTests : IDisposable
{
    private static readonly PciAddress Address = new(0, 0, 5, 0);
    private readonly ModelMemory _memory = new();
    private readonly EventFd _vector = EventFd.Create();

    public void Dispose()
    {
        _memory.Dispose();
        _vector.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_computes_and_copies(bool interrupts)
    {
        var model = new EduModel(_memory) { Vector = interrupts ? _vector : null, Interrupts = 7 };
        using var edu = EduDevice.StartOn(Address, _memory.Mapper, model, interrupts ? _vector : null, null);
        Assert.Equal(0U, edu.InterruptStatus);
        Assert.Equal(24U, edu.Factorial(4));
        var memory = _memory.Allocate(8192, 0x10000);
        memory.Bytes(5, 10).Fill(3);
        edu.CopyToDevice(memory, 5, 4086, 10);
        edu.CopyFromDevice(memory, 4096, 4086, 10);
        Assert.True(memory.Bytes(4096, 10).SequenceEqual(memory.Bytes(5, 10)));
        Assert.Equal(0, memory.Bytes(4106, 1)[0]);
        Assert.Equal(0U, edu.InterruptStatus);
    }

    [Fact]
    public void A_copy_beyond_memory_buffer_or_28_bits_reaches_no_register()
    {
        var model = new EduModel(_memory);
        using var edu = EduDevice.StartOn(Address, _memory.Mapper, model, null, null);
        var writes = model.WriteCount;
        var memory = _memory.Allocate(8192, EduDevice.DmaLimit - 4096);
        Assert.Throws<ArgumentException>(() => edu.CopyToDevice(memory, 4096, 0, 1));
        using var elsewhere = new ModelMemory();
        var refused = Assert.Throws<ArgumentException>(() => edu.CopyToDevice(elsewhere.Allocate(4096, 0x1000), 0, 0, 4));
        Assert.Contains("which the device is attached to", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => edu.CopyFromDevice(memory, 4095, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => edu.CopyToDevice(memory, 8191, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => edu.CopyToDevice(memory, 0, 4095, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => edu.CopyToDevice(memory, 0, -1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => edu.CopyToDevice(memory, 0, 0, 0));
        Assert.Throws<ArgumentException>(() => edu.CopyFromDevice(_memory.Allocate(4096, 0x1000, Devices.Iommufd.DmaAccess.Read), 0, 0, 4));
        Assert.Equal(writes, model.WriteCount);
        edu.CopyToDevice(memory, 4095, 0, 1);
    }

    [Fact]
    public async Task Quiescing_waits_for_the_copy()
    {
        var model = new EduModel(_memory);
        using var edu = EduDevice.StartOn(Address, _memory.Mapper, model, null, null);
        var memory = _memory.Allocate(4096, 0x10000);
        model.Hold = true;
        var copy = Task.Run(() => edu.CopyToDevice(memory, 0, 0, 4));
        SpinWait.SpinUntil(() => (model.ReadUInt32(0x98) & 1) != 0);
        using (var timer = new Timer(_ => model.Finish(), null, 20, Timeout.Infinite)) edu.Quiesce();
        Assert.Equal(0U, model.ReadUInt32(0x98) & 1);
        await copy;
        Assert.Throws<InvalidOperationException>(() => edu.Factorial(3));
        edu.Resume();
        Assert.Equal(6U, edu.Factorial(3));
    }

    [Fact]
    public void Continuing_writes_nothing_and_names_what_differs()
    {
        var model = new EduModel(_memory);
        var state = Saved(model);
        var writes = model.WriteCount;
        using (var next = EduDevice.ContinueOn(Address, _memory.Mapper, model, EduDevice.ReadState(state), null, null))
        {
            Assert.True(next.IsQuiesced);
            Assert.True(next.CheckNotReset().IsUnchanged);
            Assert.Equal(writes, model.WriteCount);
            next.Resume();
            next.CheckLiveness(1);
        }

        model.Liveness = 0x55;
        var mismatch = Assert.Throws<DeviceMismatchException>(() => EduDevice.ContinueOn(Address, _memory.Mapper, model, EduDevice.ReadState(state), null, null));
        Assert.Equal(("liveness", ~0x1234U, 0x55U), (mismatch.Field, (uint)mismatch.Saved, (uint)mismatch.Found));
        Assert.StartsWith("0000:00:05.0: liveness was 0xffffedcb", mismatch.Message, StringComparison.Ordinal);
        model.IsGone = true;
        Assert.Throws<DeviceGoneException>(() => EduDevice.ContinueOn(Address, _memory.Mapper, model, EduDevice.ReadState(state), null, null));
    }

    [Fact]
    public void A_state_that_was_cut_short_changed_or_is_another_driver_s_is_refused()
    {
        var state = Saved(new EduModel(_memory));
        for (var length = 0; length < state.Length; length++) Assert.Throws<DriverStateException>(() => EduDevice.ReadState(state.AsSpan(0, length)));
        for (var bit = 0; bit < state.Length * 8; bit++)
        {
            var changed = (byte[])state.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DriverStateException>(() => EduDevice.ReadState(changed));
        }

        void Refused(string field, Action<EduState> change)
        {
            var bad = EduDevice.ReadState(state).Clone();
            change(bad);
            var bytes = new ArrayBufferWriter<byte>();
            StateEnvelope.Write(bytes, 1, 1, bad);
            Assert.Equal(field, Assert.Throws<DriverStateException>(() => EduDevice.ReadState(bytes.WrittenSpan)).Field);
        }

        Refused("identification", static edu => edu.Identification = 1);
        Refused("status", static edu => edu.Status |= 1);
        Refused("dma_command", static edu => edu.DmaCommand |= 1);
    }

    [Fact]
    public void Another_device_is_no_edu()
        => Assert.Contains("no edu", Assert.Throws<DeviceException>(() => EduDevice.StartOn(Address, _memory.Mapper, new EduModel(_memory) { Identification = 0x12345678 }, null, null)).Message, StringComparison.Ordinal);

    private byte[] Saved(EduModel model)
    {
        using var edu = EduDevice.StartOn(Address, _memory.Mapper, model, null, null);
        edu.CheckLiveness(0x1234);
        edu.Factorial(5);
        edu.Quiesce();
        var state = new ArrayBufferWriter<byte>();
        edu.Save(state);
        return state.WrittenSpan.ToArray();
    }
}
