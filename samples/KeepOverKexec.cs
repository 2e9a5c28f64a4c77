using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Samples;

/// <summary>Keeps a device and its memory over a kexec. Started in each kernel, beside a keeper: it finds out which of the two this is.</summary>
internal static class KeepOverKexec
{
    private static readonly SessionName Session = new("sample");
    private static readonly Iova At = new(0x10_0000);

    internal static void Run(string address, string image)
    {
        using var keeper = KeeperClient.Connect();
        try
        {
            After(ArrivedSession.Open(keeper, Session));
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ENOENT)
        {
            // The kernel before handed nothing over: this is the first one.
            Before(keeper, PciFunction.Open(PciAddress.Parse(address)), image);
        }
    }

    private static void Before(KeeperClient keeper, PciFunction function, string image)
    {
        if (function.Driver != "vfio-pci") new DriverBinding().Bind(function, "vfio-pci");
        var context = IommuContext.Open();
        var space = context.CreateIoas();
        var attachment = VfioCdev.Open(function).Bind(context).Attach(space);
        var memory = DmaMemory.Allocate(space, "notes", (ulong)PageSize.Bytes, At);
        memory.WriteUInt64(0, 42);

        var plan = PreservationPlan.Create(new PreservationRequest
        {
            Session = Session,
            Keeper = keeper,
            NextKernel = new NextKernel(image),
            Devices = [new KeptDevice(attachment)],
            Memory = [new KeptMemory("notes", memory.File)],
            Require = PreservationTier.Warm,
        });
        plan.Preserve().Freeze().Jump(); // does not return
    }

    private static void After(ArrivedSession arrived)
    {
        var restored = arrived.Verify().Restore();
        var device = restored.Devices[0];
        var memory = DmaMemory.Adopt(device.MappingsOf("notes")[0]);
        Console.WriteLine($"{device.Address} came over, {device.Tier}: {device.ConfigDifferences.Count} registers differ, the memory at {memory.Iova} says {memory.ReadUInt64(0)}.");
        restored.Resume(static _ => null).Finish();
    }
}
