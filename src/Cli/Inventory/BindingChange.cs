namespace Devices.Cli;

/// <summary>How a device changed hands.</summary>
/// <param name="Address">The device.</param>
/// <param name="Before">The driver that had it, or null.</param>
/// <param name="After">The driver that has it now, or null.</param>
/// <param name="Vfio">Its VFIO device below /dev/vfio/devices now, or null.</param>
internal sealed record BindingChange(string Address, string? Before, string? After, string? Vfio);
