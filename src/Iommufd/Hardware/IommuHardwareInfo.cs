namespace Devices.Iommufd;

/// <summary>The IOMMU that a device is behind: see <see cref="IommuContext.ReadHardwareInfo"/>.</summary>
public sealed class IommuHardwareInfo
{
    private readonly byte[] _bytes;

    internal IommuHardwareInfo(iommu_hw_info info, ReadOnlySpan<byte> data)
    {
        Type = (HardwareInfoType)info.out_data_type;
        Capabilities = (IommuCapabilities)info.out_capabilities;
        PasidBits = info.out_max_pasid_log2;
        _bytes = data.ToArray();
        Data = IommuHardwareData.Parse(Type, data);
    }

    /// <summary>Its kind.</summary>
    public HardwareInfoType Type { get; }

    /// <summary>What it can do for the device.</summary>
    public IommuCapabilities Capabilities { get; }

    /// <summary>How many bits the device's PASIDs may have; 0 if it cannot use any here.</summary>
    public int PasidBits { get; }

    /// <summary>Its registers by kind; null for a kind that this library does not know, and for <see cref="HardwareInfoType.None"/>.</summary>
    public IommuHardwareData? Data { get; }

    /// <summary>The data as the kernel gave it.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;
}
