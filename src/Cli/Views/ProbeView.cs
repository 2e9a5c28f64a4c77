namespace Devices.Cli;

/// <summary>Shows what the kernel and devices support.</summary>
internal static class ProbeView
{
    internal static Report Render(ProbeResult result)
    {
        var report = new Report()
            .Heading("Kernel")
            .Facts(
                ("Release", result.Release),
                ("VFIO back ends", result.BackEnds.Count > 0 ? string.Join(' ', result.BackEnds) : new Cell("none that this user can open", Tone.Bad)));
        var interfaces = new Grid("Part", "Interface", "Since", "Here", "By");
        foreach (var each in result.Interfaces)
            interfaces.Row(each.Part, each.Name, each.Since, YesNo(each.Available), each.Asked ? "asking" : new Cell("release", Tone.Faint));
        report.Heading("Interfaces").Table(interfaces);
        foreach (var device in result.Devices)
        {
            report.Heading(device.Address).Facts(
                ("Opened by", device.BackEnd),
                ("Reset alone", YesNo(device.Reset)),
                ("Interrupts", string.Join(", ", device.Interrupts.Select(static kind => $"{kind.Kind} {kind.Count}"))),
                ("IOMMU", device.Iommu?.Type),
                ("IOMMU can", device.Iommu is { Capabilities.Count: > 0 } able ? string.Join(", ", able.Capabilities) : null),
                ("PASID bits", device.Iommu?.PasidBits.ToString()));
            var features = new Grid("Feature", "Since", "Here");
            foreach (var feature in device.Features)
                features.Row(feature.Name, feature.Since, YesNo(feature.Supported));
            report.Heading($"Features of {device.Address}").Table(features);
        }

        return report;
    }

    private static Cell YesNo(bool yes) => yes ? new Cell("yes", Tone.Good) : new Cell("no", Tone.Faint);
}
