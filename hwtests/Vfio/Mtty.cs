using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>The kernel's sample mtty: a serial card with two ports, made up by the driver, which loops what is sent back and can be migrated.</summary>
internal sealed class Mtty : IDisposable
{
    private const string Parent = "/sys/devices/virtual/mtty/mtty";
    // Registers of a 16550, each of a byte.
    private const ulong Data = 0;
    private const ulong InterruptEnable = 1;
    private const ulong FifoControl = 2;
    private const ulong LineStatus = 5;
    private const ulong Scratch = 7;
    private const byte EnableFifo = 1;
    private const byte DataReady = 1;

    private readonly Guid _id;

    internal Mtty(int ports = 2)
    {
        Load();
        _id = Guid.NewGuid();
        File.WriteAllText($"{Parent}/mdev_supported_types/mtty-{ports}/create", _id.ToString());
        Context = IommuContext.Open();
        using var cdev = VfioCdev.Open(_id);
        Assert.Equal(_id, cdev.MediatedId);
        Device = cdev.Bind(Context);
    }

    internal Guid Id => _id;

    internal IommuContext Context { get; }

    internal IommufdDevice Device { get; }

    internal VfioMigration Migration => Device.Migration;

    public void Dispose()
    {
        Device.Dispose();
        Context.Dispose();
        File.WriteAllText($"/sys/bus/mdev/devices/{_id}/remove", "1");
    }

    /// <summary>Puts bytes into a port's queue (16 at most) and a value into its scratch register.</summary>
    internal void Send(int port, ReadOnlySpan<byte> bytes, byte scratch)
    {
        var bar = Device.Bars[port];
        bar.WriteUInt8(FifoControl, EnableFifo);
        bar.WriteUInt8(Scratch, scratch);
        foreach (var value in bytes) bar.WriteUInt8(Data, value);
    }

    /// <summary>Takes what is in a port's queue.</summary>
    internal byte[] Receive(int port)
    {
        var bar = Device.Bars[port];
        var bytes = new List<byte>();
        while ((bar.ReadUInt8(LineStatus) & DataReady) != 0) bytes.Add(bar.ReadUInt8(Data));
        return [.. bytes];
    }

    internal byte ReadScratch(int port) => Device.Bars[port].ReadUInt8(Scratch);

    /// <summary>The port interrupts when data has come.</summary>
    internal void InterruptOnData(int port) => Device.Bars[port].WriteUInt8(InterruptEnable, 1);

    internal void SendByte(int port, byte value) => Device.Bars[port].WriteUInt8(Data, value);

    // The sample and what it needs are modules of the lab's kernel.
    private static void Load()
    {
        if (Directory.Exists(Parent)) return;
        LabModules.LoadMtty();
    }
}
