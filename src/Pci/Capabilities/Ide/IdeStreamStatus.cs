namespace Devices.Pci;

/// <summary>The status register of an IDE stream, of a link or selective (<c>PCI_IDE_LINK_STS_*</c>, <c>PCI_IDE_SEL_STS_*</c>).</summary>
/// <param name="Value">The register.</param>
public readonly record struct IdeStreamStatus(uint Value)
{
    /// <summary>The state.</summary>
    public IdeStreamState State => (IdeStreamState)Bits.Field(Value, 0, 4);

    /// <summary>Whether the other end said that a check of integrity failed.</summary>
    public bool IntegrityCheckFailReceived => Bits.Bit(Value, 31);
}
