namespace Devices.Varlink;

/// <summary>What a method takes that takes nothing, or returns that returns nothing.</summary>
public readonly record struct NoParameters;
