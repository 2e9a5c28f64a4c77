namespace Devices.Cli;

/// <summary>What <c>Preserve</c> takes.</summary>
internal sealed record SessionContents(string Session, IReadOnlyList<SessionDescriptor> Memory, IReadOnlyList<string> Devices);
