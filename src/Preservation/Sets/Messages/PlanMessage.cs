namespace Devices.Preservation.Members;

/// <summary>What <c>Plan</c> returns.</summary>
internal sealed record PlanMessage(string Name, string Session, IReadOnlyList<DeviceMessage> Devices, IReadOnlyList<FindingMessage> Findings, long Memory, double? FreezeMs);
