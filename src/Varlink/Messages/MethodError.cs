namespace Devices.Varlink;

internal sealed record MethodError(string Method);
