using Devices.Pci;

namespace Devices.Cli;

/// <summary>A way in which a device interrupts.</summary>
/// <param name="Kind"><c>intx</c>, <c>msi</c> or <c>msix</c>.</param>
/// <param name="Vectors">How many vectors it has.</param>
/// <param name="Enabled">Whether it is enabled in the device; for INTx, whether it is not disabled.</param>
/// <param name="Pin">INTx: A to D; else null.</param>
internal sealed record InterruptDetail(string Kind, int Vectors, bool Enabled, string? Pin)
{
    internal static IReadOnlyList<InterruptDetail> Of(PciHeader header, PciCapabilityList capabilities)
    {
        var found = new List<InterruptDetail>();
        if (header.InterruptPin is > 0 and <= 4)
            found.Add(new InterruptDetail("intx", 1, !header.Command.HasFlag(PciCommand.InterruptDisable), $"{(char)('A' + header.InterruptPin - 1)}"));
        if (capabilities.Find<MsiCapability>() is { } msi)
            found.Add(new InterruptDetail("msi", msi.VectorsSupported, msi.Enabled, null));
        if (capabilities.Find<MsixCapability>() is { } msix)
            found.Add(new InterruptDetail("msix", msix.TableSize, msix.Enabled, null));
        return found;
    }
}
