namespace Devices.Pci;

/// <summary>The services of Access Control Services: what the device offers and what is enabled (<c>PCI_ACS_*</c>).</summary>
[Flags]
public enum AcsControls : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Source Validation (<c>PCI_ACS_SV</c>).</summary>
    SourceValidation = 0x01,

    /// <summary>Translation Blocking (<c>PCI_ACS_TB</c>).</summary>
    TranslationBlocking = 0x02,

    /// <summary>P2P Request Redirect (<c>PCI_ACS_RR</c>).</summary>
    P2PRequestRedirect = 0x04,

    /// <summary>P2P Completion Redirect (<c>PCI_ACS_CR</c>).</summary>
    P2PCompletionRedirect = 0x08,

    /// <summary>Upstream Forwarding (<c>PCI_ACS_UF</c>).</summary>
    UpstreamForwarding = 0x10,

    /// <summary>P2P Egress Control (<c>PCI_ACS_EC</c>).</summary>
    EgressControl = 0x20,

    /// <summary>Direct Translated P2P (<c>PCI_ACS_DT</c>).</summary>
    DirectTranslatedP2P = 0x40,
}
