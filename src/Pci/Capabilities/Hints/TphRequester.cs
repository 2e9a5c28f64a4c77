namespace Devices.Pci;

/// <summary>Which hints a function may send (<c>PCI_TPH_REQ_*</c>).</summary>
public enum TphRequester
{
    /// <summary>None.</summary>
    Disabled = 0,

    /// <summary>Hints with tags of 8 bits.</summary>
    Tph = 1,

    /// <summary>Reserved.</summary>
    Reserved = 2,

    /// <summary>Hints with tags of 8 or 16 bits.</summary>
    ExtendedTph = 3,
}
