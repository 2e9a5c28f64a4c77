namespace Devices.Preservation.Members;

/// <summary>What <c>Freeze</c> returns.</summary>
internal sealed record FrozenMessage(IReadOnlyList<string> Stopped, int RecordLength);
