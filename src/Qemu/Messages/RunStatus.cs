namespace Devices.Qemu;

/// <summary>What <c>query-status</c> returns.</summary>
internal sealed record RunStatus(bool Running, string Status);
