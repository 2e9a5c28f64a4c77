namespace Devices.Pci;

/// <summary>The ranges that a PF's VF BARs take for all VFs together, and how large a slice of each is one VF's.</summary>
internal sealed class VfBarRanges
{
    private readonly PciResource[] _first;

    /// <summary>Takes the ranges of the PF and the sizes of VF 0's BARs, which are those of each.</summary>
    public VfBarRanges(IReadOnlyList<PciResource> ofPhysicalFunction, IReadOnlyList<PciResource> ofFirstVf)
    {
        var first = new List<PciResource>();
        foreach (var range in ofPhysicalFunction.Where(static resource => resource.Kind == PciResourceKind.VfBar))
        {
            var slice = ofFirstVf.FirstOrDefault(bar => bar.Kind == PciResourceKind.Bar && bar.Index == range.Index);
            if (slice.Flags != PciResourceFlags.None)
                first.Add(slice with { Start = range.Start, End = range.Start + slice.Size - 1 });
        }

        _first = [.. first];
    }

    /// <summary>The BARs of a VF, by its number.</summary>
    public IReadOnlyList<PciResource> Of(int vf) =>
        Array.ConvertAll(_first, bar => bar with { Start = bar.Start + ((ulong)vf * bar.Size), End = bar.End + ((ulong)vf * bar.Size) });
}
