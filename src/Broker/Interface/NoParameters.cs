namespace Devices.Broker;

/// <summary>What a method takes, or returns, that takes or returns nothing.</summary>
internal sealed record NoParameters;
