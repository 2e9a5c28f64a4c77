namespace Devices.Cli;

/// <summary>What most calls about sessions take.</summary>
internal sealed record SessionParameter(string Session);
