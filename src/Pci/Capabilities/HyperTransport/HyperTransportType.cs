namespace Devices.Pci;

/// <summary>What a HyperTransport capability is (<c>HT_CAPTYPE_*</c>): bits 15:11 of its command register, of which two types use the upper three alone.</summary>
public enum HyperTransportType
{
    /// <summary>Slave or primary interface (<c>HT_CAPTYPE_SLAVE</c>).</summary>
    Slave = 0x00,

    /// <summary>Host or secondary interface (<c>HT_CAPTYPE_HOST</c>).</summary>
    Host = 0x20,

    /// <summary>Switch.</summary>
    Switch = 0x40,

    /// <summary>Interrupt discovery and configuration (<c>HT_CAPTYPE_IRQ</c>).</summary>
    Interrupt = 0x80,

    /// <summary>Revision id.</summary>
    RevisionId = 0x88,

    /// <summary>UnitID clumping (<c>HT_CAPTYPE_UNITID_CLUMP</c>).</summary>
    UnitIdClumping = 0x90,

    /// <summary>Extended configuration space (<c>HT_CAPTYPE_EXTCONF</c>).</summary>
    ExtendedConfiguration = 0x98,

    /// <summary>Address mapping (<c>HT_CAPTYPE_REMAPPING_40</c>, <c>HT_CAPTYPE_REMAPPING_64</c>).</summary>
    AddressMapping = 0xA0,

    /// <summary>MSI mapping (<c>HT_CAPTYPE_MSI_MAPPING</c>).</summary>
    MsiMapping = 0xA8,

    /// <summary>Direct routing (<c>HT_CAPTYPE_DIRECT_ROUTE</c>).</summary>
    DirectRoute = 0xB0,

    /// <summary>Virtual channels (<c>HT_CAPTYPE_VCSET</c>).</summary>
    VcSet = 0xB8,

    /// <summary>Retry on error (<c>HT_CAPTYPE_ERROR_RETRY</c>).</summary>
    RetryMode = 0xC0,

    /// <summary>x86, reserved.</summary>
    X86 = 0xC8,

    /// <summary>Generation 3 (<c>HT_CAPTYPE_GEN3</c>).</summary>
    Gen3 = 0xD0,

    /// <summary>Power management (<c>HT_CAPTYPE_PM</c>).</summary>
    PowerManagement = 0xE0,
}
