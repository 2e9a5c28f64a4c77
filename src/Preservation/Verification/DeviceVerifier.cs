using System.Globalization;
using Devices.Pci;
using Devices.Preservation.Messages;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>Compares a device with what its record says of it, by reading sysfs and raw configuration space alone.</summary>
internal static class DeviceVerifier
{
    private const string NotTheDevice = "It is another device than the one that was kept: nothing was written to it. Put the right one back, or finish the session to give it up";
    private const string VfioPci = "vfio-pci";

    /// <summary>Compares one device.</summary>
    /// <exception cref="VerificationException">They differ: device, field, saved and found value are named.</exception>
    internal static void Verify(StateRecord record, Device saved, IReadOnlySet<PciAddress> kept)
    {
        var address = PciAddress.Parse(saved.Address);
        if (!PciFunction.TryOpen(address, out var function))
            throw new VerificationException(saved.Address, "presence", "a device", "none", "The next kernel does not see it: compare pci= and the bridges' settings of both kernels, or rescan the bus");
        using var raw = function.OpenConfigSpace();
        // A virtual function's own ids read as all ones; sysfs has the logical ones.
        if (!function.IsVirtualFunction && raw.ReadUInt32(PciRegs.PCI_VENDOR_ID) == uint.MaxValue)
            throw new VerificationException(saved.Address, "configuration space", "readable", "all ones", "The device does not answer: it has lost power, or its link is down");

        Compare(saved, "vendor_id", saved.VendorId, function.VendorId, "x4");
        Compare(saved, "device_id", saved.DeviceId, function.DeviceId, "x4");
        Compare(saved, "subsystem_vendor_id", saved.SubsystemVendorId, function.SubsystemVendorId, "x4");
        Compare(saved, "subsystem_id", saved.SubsystemId, function.SubsystemId, "x4");
        Compare(saved, "class_code", saved.ClassCode, function.ClassCode.Value, "x6");
        Compare(saved, "revision", saved.Revision, function.Revision, "x2");
        VerifyBars(saved, function);
        var capabilities = PciCapabilities.Read(raw);
        VerifyCapabilities(saved, capabilities);
        // MSI-X table sizes of virtual functions may change when they are reset.
        if (!function.IsVirtualFunction) Compare(saved, "msix_vectors", saved.MsixVectors, DeviceSnapshot.MsixVectors(capabilities), "d");
        VerifyAtRest(saved, function, kept);
        VerifyReservedIovas(record, saved, function);
    }

    private static void VerifyBars(Device saved, PciFunction function)
    {
        var found = function.Bars.ToDictionary(static bar => (uint)bar.Index, static bar => bar.Size);
        foreach (var bar in saved.Bars)
        {
            var size = found.GetValueOrDefault(bar.Index);
            if (size != bar.Size) throw Differs(saved, $"bars[{bar.Index}].size", $"0x{bar.Size:x}", $"0x{size:x}");
        }

        foreach (var index in found.Keys.Where(index => saved.Bars.All(bar => bar.Index != index)))
            throw Differs(saved, $"bars[{index}].size", "none", $"0x{found[index]:x}");
    }

    private static void VerifyCapabilities(Device saved, PciCapabilityList capabilities)
    {
        var found = capabilities.Select(DeviceSnapshot.Identify).ToList();
        if (found.SequenceEqual(saved.Capabilities)) return;
        var index = found.Zip(saved.Capabilities).TakeWhile(static pair => pair.First.Equals(pair.Second)).Count();
        throw Differs(saved, $"capabilities[{index}]", Describe(saved.Capabilities.ElementAtOrDefault(index)), Describe(found.ElementAtOrDefault(index)));
    }

    private static void VerifyAtRest(Device saved, PciFunction function, IReadOnlySet<PciAddress> kept)
    {
        if (function.Driver is { } driver && driver != VfioPci)
            throw new VerificationException(saved.Address, "driver", "vfio-pci or none", driver, "A native driver has taken it and changed its state: give the next kernel vfio-pci.ids, and keep native drivers from loading");
        // A VF is in no reset of its slot, and none is made for its sake: others may restore VFs of the same PF before.
        if (function.IsVirtualFunction) return;
        foreach (var peer in function.SlotPeers.Where(peer => !kept.Contains(peer)).Select(PciFunction.Open).Where(static peer => !peer.IsVirtualFunction))
        {
            var holders = VfioCdev.FindHolders(peer);
            if (holders.Count > 0)
                throw new VerificationException(saved.Address, "slot", $"{peer.Address} in nobody's hands", string.Join(", ", holders), $"When {peer.Address} is closed, vfio-pci may reset the slot and this device with it: it must stay open until this device is held, or never have been opened");
        }
    }

    /// <summary>A mapping that overlaps what the IOMMU driver now reserves could not be made again.</summary>
    /// <remarks><c>/sys/kernel/iommu_groups/N/reserved_regions</c>.</remarks>
    private static void VerifyReservedIovas(StateRecord record, Device saved, PciFunction function)
    {
        if (saved.IoasKey == 0) return;
        if (function.IommuGroup is not { } group)
            throw new VerificationException(saved.Address, "iommu_group", "a group", "none", "The next kernel runs without an IOMMU: give it the same iommu= and intel_iommu= options");
        var mappings = record.Ioas.First(ioas => ioas.Key == saved.IoasKey).Mappings;
        foreach (var line in File.ReadLines($"/sys/kernel/iommu_groups/{group}/reserved_regions"))
        {
            var words = line.Split(' ');
            var (first, last, type) = (ParseHex(words[0]), ParseHex(words[1]), words[2]);
            if (type == "direct-relaxable") continue; // the kernel lets user space map there
            if (mappings.FirstOrDefault(mapping => mapping.Iova <= last && mapping.Iova + (mapping.Length - 1) >= first) is { } mapping)
                throw Differs(saved, "iova_ranges", $"a mapping at 0x{mapping.Iova:x}, 0x{mapping.Length:x} bytes", $"0x{first:x} to 0x{last:x} reserved ({type})");
        }
    }

    private static ulong ParseHex(string text) => ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Describe(Capability? capability)
        => capability is null ? "none" : $"{(capability.Extended ? "extended " : "")}0x{capability.Id:x2} at 0x{capability.Offset:x}";

    private static void Compare(Device saved, string field, uint before, uint now, string format)
    {
        if (before != now) throw Differs(saved, field, before.ToString(format, CultureInfo.InvariantCulture), now.ToString(format, CultureInfo.InvariantCulture));
    }

    private static VerificationException Differs(Device saved, string field, string before, string now) => new(saved.Address, field, before, now, NotTheDevice);
}
