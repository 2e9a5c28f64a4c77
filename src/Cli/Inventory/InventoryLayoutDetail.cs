using Devices.Pci;

namespace Devices.Cli;

/// <summary>Capabilities and constant registers, of one function or of many that have them in common.</summary>
/// <param name="Capabilities">In the order of their lists.</param>
/// <param name="Constants">The registers that do not change, in order of offset.</param>
/// <param name="Status">The other registers, in order of offset, without a value: that is each function's own.</param>
/// <param name="Anomalies">What is wrong with the lists; empty for a healthy device.</param>
internal sealed record InventoryLayoutDetail(
    IReadOnlyList<InventoryCapability> Capabilities,
    IReadOnlyList<InventoryRegisterDetail> Constants,
    IReadOnlyList<InventoryRegisterDetail> Status,
    IReadOnlyList<string> Anomalies)
{
    internal static InventoryLayoutDetail Of(InventoryLayout layout) => new(
        [.. layout.Capabilities.Select(InventoryCapability.Of)],
        [.. layout.Constants.Select(Of)],
        [.. layout.Status.Select(Of)],
        [.. layout.Capabilities.Anomalies.Select(static anomaly => anomaly.Message)]);

    internal static string Text(InventoryRegister register, uint value) => $"0x{value.ToString($"x{2 * register.Width}")}";

    private static InventoryRegisterDetail Of(InventoryRegister register) =>
        new(register.Name, $"0x{register.Offset:x3}", register.Width, register.Value is { } value ? Text(register, value) : null);
}
