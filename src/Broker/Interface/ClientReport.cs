namespace Devices.Broker;

/// <summary>A client and what it has: <c>Client</c> of the interface.</summary>
internal sealed record ClientReport(bool Connected, long Pid, long User, string? Unit, IReadOnlyList<string> Rules, IReadOnlyList<string> Devices, long Memory);
