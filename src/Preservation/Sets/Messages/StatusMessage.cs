namespace Devices.Preservation.Members;

/// <summary>What <c>Status</c> returns.</summary>
internal sealed record StatusMessage(string Name, MemberState State, string? Session, IReadOnlyList<string> Devices);
