using Devices.Vfio;

namespace Devices.Cli;

/// <summary>How many interrupts of a kind VFIO gives for a device.</summary>
/// <param name="Kind"><c>intx</c>, <c>msi</c>, <c>msix</c>, <c>error</c> or <c>request</c>.</param>
/// <param name="Count">One or more.</param>
internal sealed record InterruptCount(string Kind, int Count)
{
    internal static IReadOnlyList<InterruptCount> Of(VfioInterrupts interrupts) =>
    [
        .. new InterruptCount[]
        {
            new("intx", interrupts.Intx.Info.Count),
            new("msi", interrupts.Msi.Count),
            new("msix", interrupts.Msix.Count),
            new("error", interrupts.Error.Info.Count),
            new("request", interrupts.Request.Info.Count),
        }.Where(static kind => kind.Count > 0),
    ];
}
