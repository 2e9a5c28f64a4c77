namespace Devices.Pci;

/// <summary>The root part of Advanced Error Reporting, in root ports and root complex event collectors.</summary>
/// <param name="Command">Root Error Command: which error messages interrupt; bit 0 correctable, 1 non-fatal, 2 fatal.</param>
/// <param name="Status">Root Error Status; bit 0 and 1 one or more correctable, 2 and 3 uncorrectable, 4 first fatal, 5 non-fatal, 6 fatal.</param>
/// <param name="CorrectableSource">Who sent the first correctable error: a routing id.</param>
/// <param name="UncorrectableSource">Who sent the first uncorrectable error: a routing id.</param>
public readonly record struct AerRootErrors(uint Command, uint Status, ushort CorrectableSource, ushort UncorrectableSource)
{
    /// <summary>The interrupt message number.</summary>
    public int InterruptMessage => Bits.Field(Status, 27, 5);
}
