namespace Devices.Pci;

/// <summary>A function of an inventory.</summary>
public sealed class InventoryFunction
{
    private readonly VfBarRanges? _ranges;
    private readonly IReadOnlyList<PciResource> _resources = [];

    internal InventoryFunction(PciAddress address, IReadOnlyList<PciResource> resources)
    {
        Address = address;
        _resources = resources;
    }

    internal InventoryFunction(PciAddress address, PciAddress physicalFunction, int number, VfBarRanges ranges)
    {
        Address = address;
        PhysicalFunction = physicalFunction;
        VfNumber = number;
        _ranges = ranges;
    }

    /// <summary>Where it sits.</summary>
    public PciAddress Address { get; }

    /// <summary>Its ids. A VF's vendor and device are those that its PF gives it; its own registers say nothing.</summary>
    public required PciIds Ids { get; init; }

    /// <summary>What it is, by its own register; null where it does not answer.</summary>
    public required PciClassCode? ClassCode { get; init; }

    /// <summary>Its revision; null where it does not answer.</summary>
    public required byte? Revision { get; init; }

    /// <summary>The driver that has it, or null.</summary>
    public required string? Driver { get; init; }

    /// <summary>The PF that it is a VF of, or null.</summary>
    public PciAddress? PhysicalFunction { get; }

    /// <summary>Its number among the VFs of its PF, or null.</summary>
    public int? VfNumber { get; }

    /// <summary>BARs, ROM, VF BARs and bridge windows; of a VF its slices of the PF's VF BARs.</summary>
    public IReadOnlyList<PciResource> Resources => _ranges?.Of(VfNumber!.Value) ?? _resources;

    /// <summary>Capabilities and constants; null where it does not answer.</summary>
    public required InventoryLayout? Layout { get; init; }

    /// <summary>How many MSI-X vectors a VF has, which is each VF's own; null for others, of which <see cref="Status"/> tells it, and without MSI-X.</summary>
    public int? MsixVectors { get; init; }

    /// <summary>The values of the registers of <see cref="InventoryLayout.Status"/>, in the same order; empty if they were not to be read.</summary>
    public IReadOnlyList<uint> Status { get; init; } = [];
}
