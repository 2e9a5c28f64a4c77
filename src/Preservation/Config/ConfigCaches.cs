using System.Buffers;
using Devices.Pci;
using Devices.Preservation.Messages;
using Devices.Vfio;
using Google.Protobuf;

namespace Devices.Preservation;

/// <summary>Puts what is constant of the kept devices' cached configuration space into the record, and back into the caches of the devices that they have become.</summary>
/// <param name="record">The record.</param>
/// <param name="firmware">Tells a function's firmware; null where it is not compared.</param>
internal sealed class ConfigCaches(StateRecord record, Func<PciFunction, string?>? firmware)
{
    private readonly Dictionary<string, (VfConfigCaches Caches, string? Refusal)> _families = new(StringComparer.Ordinal);

    /// <summary>Saves the caches that there are. Reads nothing from a device.</summary>
    internal static void Capture(StateRecord record, IReadOnlyList<DeviceInHand> devices, Func<PciFunction, string?>? firmware)
    {
        foreach (var physical in record.PhysicalFunctions) physical.VfConfigCache = ByteString.Empty;
        var written = new ArrayBufferWriter<byte>();
        foreach (var (device, message) in devices.Zip(record.Devices))
        {
            written.ResetWrittenCount();
            message.ConfigCache = ByteString.Empty;
            if (!device.Kept.Device.HasConfigCache) continue;
            if (device.Kept.Device.SharedConfigCaches is not { } shared)
            {
                if (ConfigCacheRecord.Write(written, device.Kept.Device.CachedConfigSpace, Identity(device.Function, firmware))) message.ConfigCache = ByteString.CopyFrom(written.WrittenSpan);
            }
            else if (PhysicalFunctionOf(record, device.Function) is { VfConfigCache.IsEmpty: true } physical && ConfigCacheRecord.Write(written, shared, Identity(device.Function, firmware)))
            {
                physical.VfConfigCache = ByteString.CopyFrom(written.WrittenSpan);
            }
        }
    }

    /// <summary>Brings back what was saved of a device, if it is the same still. Reads nothing from it.</summary>
    /// <returns>Why nothing was brought back; null if it was, or if nothing was saved.</returns>
    internal string? Restore(Device message, PciFunction function, VfioDevice device)
    {
        if (!message.ConfigCache.IsEmpty)
        {
            ConfigCacheRecord.TryRestore(message.ConfigCache.Span, device.CachedConfigSpace, Identity(function, firmware), out var refusal);
            return refusal;
        }

        if (PhysicalFunctionOf(record, function) is not { VfConfigCache.IsEmpty: false } physical) return null;
        if (!_families.TryGetValue(physical.Address, out var family))
        {
            var caches = new VfConfigCaches(ConfigSpaceView.Vfio);
            ConfigCacheRecord.TryRestore(physical.VfConfigCache.Span, caches, ConfigSpaceOwnership.Exclusive, Identity(function, firmware), out var refusal);
            _families.Add(physical.Address, family = (caches, refusal));
        }

        device.ShareConfigCache(family.Caches);
        return family.Refusal;
    }

    private static PhysicalFunction? PhysicalFunctionOf(StateRecord record, PciFunction function)
        => function.PhysicalFunction is { } address ? record.PhysicalFunctions.FirstOrDefault(physical => physical.Address == address.ToString()) : null;

    // What sysfs says of a VF is VF 0's: a VF is what its PF and its place make it.
    private static ConfigIdentity Identity(PciFunction function, Func<PciFunction, string?>? firmware)
    {
        var told = function.PhysicalFunction is { } address ? PciFunction.Open(address) : function;
        return function.IsVirtualFunction
            ? ConfigIdentity.OfVfs(told, firmware: firmware?.Invoke(told))
            : ConfigIdentity.Of(told, firmware: firmware?.Invoke(told));
    }
}
