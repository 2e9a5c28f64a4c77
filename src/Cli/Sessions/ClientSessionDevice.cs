namespace Devices.Cli;

/// <summary>A device of a client's session.</summary>
internal sealed record ClientSessionDevice(string Address, string Id, string Tier);
