namespace Devices.Cli;

/// <summary>A field of a capability, decoded.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value, in words or numbers.</param>
internal sealed record DecodedField(string Name, string Value);
