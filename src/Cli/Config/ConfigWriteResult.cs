namespace Devices.Cli;

/// <summary>What <c>devkeep config write</c> did.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="Name">The register.</param>
/// <param name="Offset">Its offset, hexadecimal.</param>
/// <param name="Width">Its bytes.</param>
/// <param name="Before">Its value before, hexadecimal.</param>
/// <param name="Written">What was written, hexadecimal.</param>
/// <param name="After">What was read back, hexadecimal.</param>
/// <param name="Effects">What the write changed besides, by the policy tables: <c>bars</c>, <c>interrupts</c>, <c>reset</c>, <c>virtual_functions</c>, <c>bus_reset</c>, <c>buses</c>, <c>unknown</c>.</param>
/// <param name="Fields">The fields that changed.</param>
internal sealed record ConfigWriteResult(
    string Address,
    string Name,
    string Offset,
    int Width,
    string Before,
    string Written,
    string After,
    IReadOnlyList<string> Effects,
    IReadOnlyList<RegisterFieldChange> Fields);
