namespace Devices.Varlink;

internal sealed record InterfaceError(string Interface);
