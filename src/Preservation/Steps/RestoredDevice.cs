using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>A device that came over, as a driver's other half finds it: bound, attached, mapped, configured, its interrupts armed.</summary>
public sealed class RestoredDevice
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<DmaMapping>> _mappings;

    internal RestoredDevice(IoasAttachment attachment, PreservationTier tier, Messages.DriverState? driver, IReadOnlyDictionary<string, IReadOnlyList<DmaMapping>> mappings, IReadOnlyList<ConfigSpaceDifference> differences, string? cacheRefusal)
    {
        Attachment = attachment;
        Tier = tier;
        DriverName = driver?.Name;
        DriverStateVersion = driver?.Version ?? 0;
        DriverState = driver?.State.Memory ?? default;
        _mappings = mappings;
        ConfigDifferences = differences;
        ConfigCacheRefusal = cacheRefusal;
    }

    /// <summary>The device's address.</summary>
    public PciAddress Address => Attachment.Device.Address;

    /// <summary>The device and its address space. Its <see cref="VfioDevice.Interrupts"/> hold the eventfds of the armed vectors.</summary>
    public IoasAttachment Attachment { get; }

    /// <summary>How it came over. After <see cref="PreservationTier.Cold"/> it has been reset: its driver initialises it.</summary>
    public PreservationTier Tier { get; }

    /// <summary>Why it came over cold though it was kept to come over warm (<see cref="RestoreFailurePolicy.Cold"/>); null if it did not.</summary>
    public string? FallBackReason { get; internal init; }

    /// <summary>The name of the driver that saved its state; null if it had none.</summary>
    public string? DriverName { get; }

    /// <summary>The layout of <see cref="DriverState"/>.</summary>
    public uint DriverStateVersion { get; }

    /// <summary>What its driver saved at the freeze.</summary>
    public ReadOnlyMemory<byte> DriverState { get; }

    /// <summary>Registers whose compared bits are not what they were; empty when all was brought back.</summary>
    public IReadOnlyList<ConfigSpaceDifference> ConfigDifferences { get; }

    /// <summary>
    /// Why nothing came back into <see cref="VfioDevice.CachedConfigSpace"/> of what it held: the device, its firmware or its PF's VFs are not what they were. Null if
    /// it came back, or nothing was there.
    /// </summary>
    public string? ConfigCacheRefusal { get; }

    /// <summary>Where a memory is mapped for this device.</summary>
    /// <param name="memory">The memory's name.</param>
    /// <exception cref="KeyNotFoundException">No memory of that name is mapped for it; those that are, are named.</exception>
    public IReadOnlyList<DmaMapping> MappingsOf(string memory)
        => _mappings.TryGetValue(memory, out var mappings)
            ? mappings
            : throw new KeyNotFoundException($"No memory \"{memory}\" is mapped for {Address}; mapped are: {string.Join(", ", _mappings.Keys)}.");
}
