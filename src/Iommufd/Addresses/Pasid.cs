namespace Devices.Iommufd;

/// <summary>A Process Address Space ID (PCIe 6.20): one of the address spaces that a device can use side by side.</summary>
public readonly record struct Pasid
{
    /// <summary>The highest, as PCIe has 20 bits for it. Devices and IOMMUs may have fewer: <see cref="IommuHardwareInfo.PasidBits"/>.</summary>
    public const uint Max = (1 << 20) - 1;

    /// <summary>The address space of a number.</summary>
    /// <param name="value">1 to <see cref="Max"/>. 0 is what the kernel calls no PASID: a device's requests without one.</param>
    /// <exception cref="ArgumentOutOfRangeException">0, or more than 20 bits.</exception>
    public Pasid(uint value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Max);
        Value = value;
    }

    /// <summary>The number; 0 only in the default value, which is no PASID.</summary>
    public uint Value { get; }

    /// <summary>The number, decimal.</summary>
    public override string ToString() => Value.ToString();
}
