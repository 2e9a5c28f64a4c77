namespace Devices.Varlink;

internal sealed record InvalidParameterError(string Parameter);
