using Devices.Pci;

namespace Devices.Cli;

/// <summary>
/// Writes the options by which a VMM takes descriptors. What the user's own arguments have a placeholder for is left to them. The options go to
/// the end of the command line: what devices stand behind, an emulated IOMMU or a port, comes before them.
/// </summary>
internal static class VmmOptions
{
    /// <summary>The options for what no argument mentions.</summary>
    /// <param name="vmm">The VMM.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="memory">The guest's RAM in bytes.</param>
    /// <param name="mentioned">What the user's arguments have placeholders for.</param>
    internal static IEnumerable<string> For(VmmKind vmm, IReadOnlyList<PciAddress> devices, ulong memory, IReadOnlySet<Placeholder> mentioned)
    {
        PciAddress[] open = [.. devices.Where(device => !mentioned.Contains(Placeholder.Of(device)))];
        var writesMemory = !mentioned.Contains(Placeholder.Memory);
        var writesIommufd = devices.Count > 0 && !mentioned.Contains(Placeholder.Iommufd);
        return vmm == VmmKind.Qemu ? Qemu(open, memory, writesMemory, writesIommufd) : CloudHypervisor(open, memory, writesMemory, writesIommufd);
    }

    private static IEnumerable<string> Qemu(PciAddress[] devices, ulong memory, bool writesMemory, bool writesIommufd)
    {
        if (writesMemory)
        {
            // The size of the machine is that of its memory; share=on: what the guest writes is to be in the memfd.
            yield return "-object";
            yield return $"memory-backend-file,id=ram0,mem-path=/proc/self/fd/{Placeholder.Memory},share=on,size={memory}";
            yield return "-machine";
            yield return "memory-backend=ram0";
        }

        if (writesIommufd)
        {
            yield return "-object";
            yield return $"iommufd,id=iommufd0,fd={Placeholder.Iommufd}";
        }

        foreach (var device in devices)
        {
            yield return "-device";
            yield return $"vfio-pci,fd={Placeholder.Of(device)},iommufd=iommufd0";
        }
    }

    private static IEnumerable<string> CloudHypervisor(PciAddress[] devices, ulong memory, bool writesMemory, bool writesIommufd)
    {
        if (writesMemory)
        {
            // Memory of a file is a zone's; with zones the size of the whole is 0.
            yield return "--memory";
            yield return "size=0";
            yield return "--memory-zone";
            yield return $"id=ram0,size={memory},shared=on,file=/proc/self/fd/{Placeholder.Memory}";
        }

        if (writesIommufd)
        {
            // An iommufd does not map BARs of devices: that would be refused at the start.
            yield return "--platform";
            yield return $"iommufd=on,iommufd_fd={Placeholder.Iommufd},vfio_p2p_dma=off";
        }

        if (devices.Length == 0) yield break;
        yield return "--device"; // once, for all of them
        foreach (var device in devices) yield return $"fd={Placeholder.Of(device)}";
    }
}
