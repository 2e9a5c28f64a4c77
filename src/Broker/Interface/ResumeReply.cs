namespace Devices.Broker;

/// <summary>What <c>Resume</c> returns.</summary>
internal sealed record ResumeReply(IReadOnlyList<DeviceReport> Devices, long Memory);
