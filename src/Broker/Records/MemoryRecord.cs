namespace Devices.Broker;

/// <summary>Memory that a client was given, as it is kept over the end of the service.</summary>
/// <param name="Rule">The name of the rule that gave it.</param>
/// <param name="Bytes">How much.</param>
internal sealed record MemoryRecord(string Rule, long Bytes);
