namespace Devices.Broker;

/// <summary>What came of an attempt to make a device ready for its next client, and how.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="ResetMethods">What the kernel resets it by, the first that works: <c>flr bus</c>; where it is ready.</param>
/// <param name="Obstacle">What is in the way; where something is.</param>
internal sealed record HandoverOutcome(HandoverResult Result, string? ResetMethods, Obstacle? Obstacle);
