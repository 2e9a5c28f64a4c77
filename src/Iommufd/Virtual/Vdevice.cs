namespace Devices.Iommufd;

/// <summary>The id by which a guest knows a device behind its vIOMMU: made by <see cref="Viommu.CreateVdevice"/>.</summary>
/// <remarks>Destroy it before the device is closed: the kernel then destroys it too, and its object id stays taken until the iommufd closes.</remarks>
public sealed class Vdevice : IommuObject
{
    internal Vdevice(Viommu viommu, uint id, uint deviceId, ulong virtualId)
        : base(viommu.Context, id, owned: true, viommu)
    {
        Viommu = viommu;
        DeviceId = deviceId;
        VirtualId = virtualId;
    }

    /// <summary>The vIOMMU that it belongs to.</summary>
    public Viommu Viommu { get; }

    /// <summary>The device's id in the iommufd.</summary>
    public uint DeviceId { get; }

    /// <summary>The guest's id of it.</summary>
    public ulong VirtualId { get; }

    private protected override string Kind => "vdevice";

    private protected override bool VanishesWithItsDevice => true;
}
