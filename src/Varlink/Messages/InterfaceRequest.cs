namespace Devices.Varlink;

internal sealed record InterfaceRequest(string Interface);
