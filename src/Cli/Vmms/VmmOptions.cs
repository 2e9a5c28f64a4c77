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
    /// <param name="memory">All memory that the VMM gets.</param>
    /// <param name="mentioned">What the user's arguments have placeholders for.</param>
    /// <exception cref="UserException">It does not say which memory is the guest's RAM.</exception>
    internal static IEnumerable<string> For(VmmKind vmm, IReadOnlyList<PciAddress> devices, IReadOnlyList<VmmMemory> memory, IReadOnlySet<Placeholder> mentioned)
    {
        PciAddress[] open = [.. devices.Where(device => !mentioned.Contains(Placeholder.Of(device)))];
        var ram = memory.Where(memory => !mentioned.Contains(memory.Placeholder)).ToList();
        if (ram.Count > 1)
            throw new UserException($"Which memory is the guest's RAM, {string.Join(" or ", ram.Select(static memory => memory.Placeholder))}? Let an argument have the placeholder of each other.");
        var writesIommufd = devices.Count > 0 && !mentioned.Contains(Placeholder.Iommufd);
        return vmm == VmmKind.Qemu ? Qemu(open, ram.FirstOrDefault(), writesIommufd) : CloudHypervisor(open, ram.FirstOrDefault(), writesIommufd);
    }

    private static IEnumerable<string> Qemu(PciAddress[] devices, VmmMemory? ram, bool writesIommufd)
    {
        if (ram is not null)
        {
            // The size of the machine is that of its memory; share=on: what the guest writes is to be in the memfd.
            yield return "-object";
            yield return $"memory-backend-file,id=ram0,mem-path=/proc/self/fd/{ram.Placeholder},share=on,size={ram.Length}";
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

    private static IEnumerable<string> CloudHypervisor(PciAddress[] devices, VmmMemory? ram, bool writesIommufd)
    {
        if (ram is not null)
        {
            // Memory of a file is a zone's; with zones the size of the whole is 0.
            yield return "--memory";
            yield return "size=0";
            yield return "--memory-zone";
            yield return $"id=ram0,size={ram.Length},shared=on,file=/proc/self/fd/{ram.Placeholder}";
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
