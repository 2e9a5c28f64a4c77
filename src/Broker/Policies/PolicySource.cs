namespace Devices.Broker;

/// <summary>A policy and the file that it is from.</summary>
internal sealed record PolicySource(string Path, AccessPolicy Policy);
