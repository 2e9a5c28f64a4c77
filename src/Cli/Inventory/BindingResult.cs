namespace Devices.Cli;

/// <summary>What <c>devkeep bind</c> and <c>devkeep unbind</c> did.</summary>
/// <param name="Devices">One entry for each device, in the order given.</param>
internal sealed record BindingResult(IReadOnlyList<BindingChange> Devices);
