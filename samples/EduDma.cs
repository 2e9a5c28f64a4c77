using Devices.Drivers;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Samples;

/// <summary>Has QEMU's edu device copy memory, and waits for its interrupt.</summary>
internal static class EduDma
{
    internal static void Run(string address)
    {
        var function = PciFunction.Open(PciAddress.Parse(address));
        if (function.Driver != "vfio-pci") new DriverBinding().Bind(function, "vfio-pci");
        using var context = IommuContext.Open();
        using var cdev = VfioCdev.Open(function);
        using var device = cdev.Bind(context);

        // The device reaches what is mapped in this address space, and nothing else.
        using var space = context.CreateIoas();
        using var attachment = device.Attach(space);
        using var memory = DmaMemory.Allocate(space, "sample", (ulong)PageSize.Bytes, new Iova(0x10_0000));

        // One MSI vector, which signals an eventfd.
        using var interrupt = EventFd.Create();
        device.Interrupts.Msi.Enable(interrupt);
        using var edu = EduDevice.Start(attachment, interrupt);

        "over and back"u8.CopyTo(memory.Bytes(0, 16));
        edu.CopyToDevice(memory, 0, 0, 16);
        edu.CopyFromDevice(memory, 256, 0, 16);
        var same = memory.Bytes(0, 16).SequenceEqual(memory.Bytes(256, 16));
        Console.WriteLine($"{edu}: 16 bytes went through the device and came back {(same ? "as they were" : "changed")}; 5! = {edu.Factorial(5)}.");
        if (!same) throw new InvalidOperationException("The copy differs.");
    }
}
