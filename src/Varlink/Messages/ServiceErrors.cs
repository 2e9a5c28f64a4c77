namespace Devices.Varlink;

/// <summary>The errors that every service has (interface <c>org.varlink.service</c>).</summary>
public static class ServiceErrors
{
    /// <summary>The interface of these errors.</summary>
    public const string Interface = "org.varlink.service";

    /// <summary>The client may not do that.</summary>
    public static VarlinkException PermissionDenied() => new($"{Interface}.PermissionDenied");

    /// <summary>A parameter is not as the method wants it.</summary>
    /// <param name="parameter">Which.</param>
    public static VarlinkException InvalidParameter(string parameter) =>
        VarlinkException.Of($"{Interface}.InvalidParameter", new InvalidParameterError(parameter), VarlinkJson.Default.InvalidParameterError);

    internal static VarlinkException InterfaceNotFound(string name) =>
        VarlinkException.Of($"{Interface}.InterfaceNotFound", new InterfaceError(name), VarlinkJson.Default.InterfaceError);

    internal static VarlinkException MethodNotFound(string method) =>
        VarlinkException.Of($"{Interface}.MethodNotFound", new MethodError(method), VarlinkJson.Default.MethodError);

    internal static VarlinkException MethodNotImplemented(string method) =>
        VarlinkException.Of($"{Interface}.MethodNotImplemented", new MethodError(method), VarlinkJson.Default.MethodError);

    internal static VarlinkException ExpectedMore() => new($"{Interface}.ExpectedMore");
}
