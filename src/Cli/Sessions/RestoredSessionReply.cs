namespace Devices.Cli;

/// <summary>What <c>Restore</c> returns.</summary>
internal sealed record RestoredSessionReply(IReadOnlyList<SessionDescriptor> Memory, IReadOnlyList<RestoredSessionDevice> Devices);
