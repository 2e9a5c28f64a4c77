namespace Devices.Pci;

/// <summary>Speeds of a link, by the number that the registers have for them. <see cref="PcieLinkSpeeds.ToText"/> writes them.</summary>
public enum PcieLinkSpeed
{
    /// <summary>None, or no link.</summary>
    Unknown = 0,

    /// <summary>2.5 GT/s.</summary>
    Gen1 = 1,

    /// <summary>5 GT/s.</summary>
    Gen2 = 2,

    /// <summary>8 GT/s.</summary>
    Gen3 = 3,

    /// <summary>16 GT/s.</summary>
    Gen4 = 4,

    /// <summary>32 GT/s.</summary>
    Gen5 = 5,

    /// <summary>64 GT/s.</summary>
    Gen6 = 6,
}
