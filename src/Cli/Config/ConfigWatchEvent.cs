namespace Devices.Cli;

/// <summary>What <c>devkeep config watch</c> saw.</summary>
/// <param name="Time">When.</param>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="Event"><c>changed</c>; <c>gone</c> when it no longer answers, <c>back</c> when it does again.</param>
/// <param name="Name">The register; null where the event is of the function.</param>
/// <param name="Offset">Its offset, hexadecimal, or null.</param>
/// <param name="Before">Its value before, hexadecimal, or null.</param>
/// <param name="After">Its value now, hexadecimal, or null.</param>
/// <param name="Fields">The fields that changed.</param>
internal sealed record ConfigWatchEvent(
    DateTimeOffset Time,
    string Address,
    string Event,
    string? Name,
    string? Offset,
    string? Before,
    string? After,
    IReadOnlyList<RegisterFieldChange> Fields);
