namespace Devices.LiveUpdate.Protocol;

internal sealed record StatusMessage(int Pid, Guid BootId, DateTimeOffset Since, int Fds);
