namespace Devices.Pci;

/// <summary>The state of an IDE stream (<c>PCI_IDE_SEL_STS_STATE_*</c>); further values are reserved.</summary>
public enum IdeStreamState
{
    /// <summary>Not encrypted: no keys, or it failed (<c>PCI_IDE_SEL_STS_STATE_INSECURE</c>).</summary>
    Insecure = 0,

    /// <summary>Encrypted (<c>PCI_IDE_SEL_STS_STATE_SECURE</c>).</summary>
    Secure = 2,
}
