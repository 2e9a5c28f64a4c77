using Devices.Linux;
using Devices.Samples;

// Which sample, and the addresses or names that it takes: samples/README.md.
try
{
    switch (args)
    {
        case ["read-bar", var address]: ReadBar.Run(address); break;
        case ["edu-dma", var address]: EduDma.Run(address); break;
        case ["nvme-identify", var address]: NvmeIdentify.Run(address); break;
        case ["open-vf", var physicalFunction]: OpenVf.Run(physicalFunction); break;
        case ["keep", var address, var image]: KeepOverKexec.Run(address, image); break;
        default:
            Console.Error.WriteLine("samples read-bar ADDRESS | edu-dma ADDRESS | nvme-identify ADDRESS | open-vf ADDRESS-OF-PF | keep ADDRESS IMAGE");
            return 2;
    }
}
catch (Exception failure) when (failure is LinuxException or ArgumentException or InvalidOperationException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

return 0;
