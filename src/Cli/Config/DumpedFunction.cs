using Devices.Pci;

namespace Devices.Cli;

/// <summary>The bytes of a function.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="Source">The dump they are out of; null for a function of this host.</param>
/// <param name="View"><c>raw</c>, <c>vfio</c> or <c>logical</c>.</param>
/// <param name="Length">How many bytes there are.</param>
/// <param name="Bytes">Two hexadecimal digits a byte, from offset 0.</param>
internal sealed record DumpedFunction(string Address, string? Source, string View, int Length, string Bytes)
{
    internal static DumpedFunction Of(PciAddress address, string? source, ConfigSpaceSnapshot snapshot) =>
        new(address.ToString(), source, ViewName.Of(snapshot.View), snapshot.Length, Convert.ToHexStringLower(snapshot.Bytes.Span));
}
