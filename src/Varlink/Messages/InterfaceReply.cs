namespace Devices.Varlink;

internal sealed record InterfaceReply(string Description);
