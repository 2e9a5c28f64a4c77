namespace Devices.Cli;

/// <summary>Enabled interrupts in a state record.</summary>
/// <param name="Kind"><c>intx</c>, <c>msi</c>, <c>msix</c>, or VFIO's index.</param>
/// <param name="Count">How many vectors are enabled.</param>
/// <param name="Armed">Those of them with an eventfd.</param>
internal sealed record RecordInterruptsResult(string Kind, uint Count, IReadOnlyList<uint> Armed);
