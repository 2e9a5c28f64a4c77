using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>Descriptors that devkeep opens itself, for which it has to be root where there are devices.</summary>
internal static class OwnDescriptors
{
    internal const string MemoryName = "guest-ram";

    /// <summary>Opens what is wanted.</summary>
    /// <exception cref="UserException">A device is somebody else's.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static VmmDescriptors Open(DescriptorRequest request)
    {
        var opened = new VmmDescriptors();
        try
        {
            foreach (var device in request.Devices)
            {
                DeviceUse.RequireNotHeld(device, "a device is bound by one process at a time");
                using var cdev = VfioCdev.Open(device);
                opened.Add(Placeholder.Of(device.Address), cdev.Fd.Duplicate());
            }

            if (request.Iommufd)
            {
                using var context = IommuContext.Open();
                // A user may have several VMs: each is to have the limit for itself.
                context.MemlockMode = MemlockMode.Process;
                opened.Add(Placeholder.Iommufd, context.Fd.Duplicate());
            }

            if (request.NewMemory is { } memory)
                opened.Add(memory.Placeholder, MemFd.Create(MemoryName, (long)memory.Length).Fd);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }
}
