namespace Devices.Pci;

/// <summary>What a function is: base class, subclass and programming interface, the upper 24 bits of the register at 0x08.</summary>
public readonly record struct PciClassCode
{
    /// <summary>Creates a class code.</summary>
    /// <param name="value">24 bits: base class in 23:16, subclass in 15:8, programming interface in 7:0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value has more than 24 bits.</exception>
    public PciClassCode(uint value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 0xFF_FFFFu);
        Value = value;
    }

    /// <summary>All 24 bits, as in sysfs <c>class</c>: <c>0x010802</c>.</summary>
    public uint Value { get; }

    /// <summary>The base class: 0x01 mass storage, 0x02 network, 0x06 bridge.</summary>
    public byte BaseClass => (byte)(Value >> 16);

    /// <summary>The subclass, within the base class.</summary>
    public byte SubClass => (byte)(Value >> 8);

    /// <summary>The programming interface, within the subclass: NVMe is 0x02 of 0x0108.</summary>
    public byte ProgrammingInterface => (byte)Value;

    /// <summary>Base class and subclass, the 16 bits that lspci shows.</summary>
    public ushort BaseAndSubClass => (ushort)(Value >> 8);

    /// <summary>What it is in words, as in the PCI code and id assignment specification; the base class where the subclass is unknown.</summary>
    public string Description => BaseAndSubClass switch
    {
        0x0100 => "SCSI storage controller",
        0x0101 => "IDE interface",
        0x0104 => "RAID bus controller",
        0x0106 => "SATA controller",
        0x0107 => "Serial Attached SCSI controller",
        0x0108 => "Non-Volatile memory controller",
        0x0200 => "Ethernet controller",
        0x0207 => "Infiniband controller",
        0x0208 => "Fabric controller",
        0x0280 => "Network controller",
        0x0300 => "VGA compatible controller",
        0x0302 => "3D controller",
        0x0380 => "Display controller",
        0x0403 => "Audio device",
        0x0500 => "RAM memory",
        0x0502 => "CXL memory",
        0x0600 => "Host bridge",
        0x0601 => "ISA bridge",
        0x0604 => "PCI bridge",
        0x0680 => "Bridge",
        0x0700 => "Serial controller",
        0x0780 => "Communication controller",
        0x0806 => "IOMMU",
        0x0807 => "Root Complex Event Collector",
        0x0880 => "System peripheral",
        0x0C03 => "USB controller",
        0x0C05 => "SMBus",
        0x1000 => "Network and computing encryption device",
        0x1200 => "Processing accelerators",
        0x1300 => "Non-Essential Instrumentation",
        _ => BaseDescription,
    };

    private string BaseDescription => BaseClass switch
    {
        0x00 => "Unclassified device",
        0x01 => "Mass storage controller",
        0x02 => "Network controller",
        0x03 => "Display controller",
        0x04 => "Multimedia controller",
        0x05 => "Memory controller",
        0x06 => "Bridge",
        0x07 => "Communication controller",
        0x08 => "Generic system peripheral",
        0x09 => "Input device controller",
        0x0A => "Docking station",
        0x0B => "Processor",
        0x0C => "Serial bus controller",
        0x0D => "Wireless controller",
        0x0E => "Intelligent controller",
        0x0F => "Satellite communications controller",
        0x10 => "Encryption controller",
        0x11 => "Signal processing controller",
        0x12 => "Processing accelerators",
        0x13 => "Non-Essential Instrumentation",
        0x40 => "Coprocessor",
        _ => "Unassigned class",
    };

    /// <summary>The code as six hexadecimal digits: <c>010802</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Value.ToString("x6");
}
