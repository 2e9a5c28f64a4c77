namespace Devices.Pci;

/// <summary>How a HyperTransport bridge turns MSIs into interrupts (<c>HT_CAPTYPE_MSI_MAPPING</c>).</summary>
/// <param name="Enabled">Whether it does.</param>
/// <param name="Fixed">Whether the address is fixed.</param>
/// <param name="Address">The address of the MiB that MSIs are written to.</param>
public readonly record struct HyperTransportMsiMapping(bool Enabled, bool Fixed, ulong Address);
