using Devices.Linux;
using Devices.Pci;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>Limits of every count and length in a record, checked before anything is allocated or done by them.</summary>
internal static class RecordBounds
{
    internal const int MaxPayload = 64 << 20;
    internal const int MaxDevices = 4096;
    internal const int MaxMemory = 65536;
    internal const int MaxMappings = 65535; // the kernel's own default limit of mappings (vfio_iommu_type1.dma_entry_limit)
    internal const int MaxConfigSpace = 4096;
    internal const int MaxCapabilities = 512;
    internal const int MaxVectors = 2048; // PCIe: MSI-X table size
    internal const int MaxDriverState = 16 << 20;
    internal const int MaxBars = 6;
    internal const int MaxConfigCache = 8192; // each dword of 4,096 bytes takes 7, and the rest is an identity
    private const string Remedy = "The record was not written by this toolkit, or by a newer one with other limits: nothing was restored";

    /// <summary>Checks a record read from outside.</summary>
    /// <exception cref="RecordException">A count, length, reference or number is out of its bounds; the field is named.</exception>
    internal static void Check(StateRecord record)
    {
        AtMost("memory", record.Memory.Count, MaxMemory);
        AtMost("devices", record.Devices.Count, MaxDevices);
        AtMost("ioas", record.Ioas.Count, MaxDevices);
        AtMost("physical_functions", record.PhysicalFunctions.Count, MaxDevices);
        AtMost("host_config_cache", record.HostConfigCache.Length, PreservationRequest.MaxHostConfigCacheLength);
        var lengths = new Dictionary<ulong, ulong>();
        foreach (var memory in record.Memory)
        {
            if (memory.Token == RecordFormat.Token) throw Bad($"memory \"{memory.Name}\".token", "0 is the record's own token");
            if (memory.Length is 0 or > long.MaxValue) throw Bad($"memory \"{memory.Name}\".length", $"no memory has 0x{memory.Length:x} bytes");
            if (!lengths.TryAdd(memory.Token, memory.Length)) throw Bad($"memory \"{memory.Name}\".token", $"token {memory.Token} stands twice");
        }

        var keys = new HashSet<uint>();
        foreach (var ioas in record.Ioas)
        {
            if (!keys.Add(ioas.Key)) throw Bad($"ioas {ioas.Key}", "its key stands twice");
            AtMost($"ioas {ioas.Key}.mappings", ioas.Mappings.Count, MaxMappings);
            foreach (var mapping in ioas.Mappings) Check(ioas.Key, mapping, lengths);
        }

        var addresses = new HashSet<PciAddress>();
        foreach (var device in record.Devices)
        {
            if (!PciAddress.TryParse(device.Address, null, out var address)) throw Bad("devices.address", $"\"{device.Address}\" is not a PCI address");
            if (!addresses.Add(address)) throw Bad($"device {address}", "it stands twice");
            Check(address, device, keys);
        }

        var physicalFunctions = new HashSet<PciAddress>();
        foreach (var physical in record.PhysicalFunctions)
        {
            if (!PciAddress.TryParse(physical.Address, null, out var address)) throw Bad("physical_functions.address", $"\"{physical.Address}\" is not a PCI address");
            if (!physicalFunctions.Add(address)) throw Bad($"physical function {address}", "it stands twice");
            Check(address, physical);
        }
    }

    private static void Check(PciAddress address, PhysicalFunction physical)
    {
        AtMost($"physical function {address}.vf_device_id", physical.VfDeviceId, ushort.MaxValue);
        AtMost($"physical function {address}.vf_config_cache", physical.VfConfigCache.Length, MaxConfigCache);
        if (physical.NumVfs == 0) throw Bad($"physical function {address}.num_vfs", "it had no VFs");
        try
        {
            _ = KeptVfs.LayoutOf(physical);
        }
        catch (ArgumentOutOfRangeException impossible)
        {
            throw Bad($"physical function {address}, {physical.NumVfs} VFs from {physical.FirstVfOffset} on, {physical.VfStride} apart", $"no VFs can be there ({impossible.ParamName})");
        }
    }

    private static void Check(uint key, Mapping mapping, Dictionary<ulong, ulong> lengths)
    {
        var field = $"ioas {key}, mapping at 0x{mapping.Iova:x}";
        if (!lengths.TryGetValue(mapping.MemoryToken, out var length)) throw Bad(field, $"no memory has its token {mapping.MemoryToken}");
        if (mapping.Length == 0 || mapping.Offset > length || mapping.Length > length - mapping.Offset)
            throw Bad(field, $"0x{mapping.Length:x} bytes at 0x{mapping.Offset:x} are not within a memory of 0x{length:x}");
        if (mapping.Iova > ulong.MaxValue - (mapping.Length - 1)) throw Bad(field, "it ends beyond 64 bits");
        if (!PageSize.IsAligned(mapping.Iova | mapping.Length | mapping.Offset)) throw Bad(field, "it is not page-aligned");
        if (mapping.Access is 0 or > 3) throw Bad(field, $"access {mapping.Access} is neither read nor write");
    }

    private static void Check(PciAddress address, Device device, HashSet<uint> keys)
    {
        AtMost($"device {address}.bars", device.Bars.Count, MaxBars);
        AtMost($"device {address}.capabilities", device.Capabilities.Count, MaxCapabilities);
        AtMost($"device {address}.msix_vectors", device.MsixVectors, MaxVectors);
        AtMost($"device {address}.vfio_config", device.VfioConfig.Length, MaxConfigSpace);
        AtMost($"device {address}.raw_config", device.RawConfig.Length, MaxConfigSpace);
        AtMost($"device {address}.config_cache", device.ConfigCache.Length, MaxConfigCache);
        AtMost($"device {address}.driver.state", device.Driver?.State.Length ?? 0, MaxDriverState);
        if (device.Tier is Tier.Unspecified or > Tier.Live) throw Bad($"device {address}.tier", $"{(int)device.Tier} is no tier");
        if (device.IoasKey != 0 && !keys.Contains(device.IoasKey)) throw Bad($"device {address}.ioas_key", $"no IOAS has the key {device.IoasKey}");
        foreach (var bar in device.Bars) AtMost($"device {address}.bars.index", bar.Index, MaxBars - 1);
        foreach (var interrupts in device.Interrupts)
        {
            AtMost($"device {address}.interrupts.count", interrupts.Count, MaxVectors);
            foreach (var vector in interrupts.Armed)
            {
                if (vector >= interrupts.Count) throw Bad($"device {address}.interrupts.armed", $"vector {vector} is not one of {interrupts.Count}");
            }
        }
    }

    private static void AtMost(string field, long value, long limit)
    {
        if (value > limit) throw Bad(field, $"{value} exceeds the limit of {limit}");
    }

    private static RecordException Bad(string field, string problem) => new(field, problem, Remedy);
}
