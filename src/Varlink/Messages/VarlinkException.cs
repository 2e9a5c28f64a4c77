using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Devices.Varlink;

/// <summary>An error as Varlink has them: a name of an interface, and what that error carries. A service's handler throws it, a client gets it.</summary>
public sealed class VarlinkException : Exception
{
    /// <summary>An error that carries nothing.</summary>
    /// <param name="error">Its full name: <c>org.varlink.service.PermissionDenied</c>.</param>
    public VarlinkException(string error)
        : this(error, default, error)
    {
    }

    private VarlinkException(string error, JsonElement parameters, string message)
        : base(message)
    {
        Error = error;
        Parameters = parameters;
    }

    /// <summary>The error's full name.</summary>
    public string Error { get; }

    /// <summary>What it carries; undefined if nothing.</summary>
    public JsonElement Parameters { get; }

    /// <summary>An error with what it carries.</summary>
    /// <typeparam name="T">The type of its parameters.</typeparam>
    /// <param name="error">Its full name.</param>
    /// <param name="parameters">What it carries.</param>
    /// <param name="type">How that is written.</param>
    public static VarlinkException Of<T>(string error, T parameters, JsonTypeInfo<T> type) => Of(error, JsonSerializer.SerializeToElement(parameters, type));

    /// <summary>
    /// What it says to people: devkeep's interfaces have errors with a <c>cause</c>, a <c>remedy</c>, and most with the <c>device</c> or the <c>session</c> that they are about.
    /// </summary>
    /// <returns>That in a sentence or two; the message where the error carries no cause.</returns>
    public string Explain()
    {
        if (Parameters.ValueKind != JsonValueKind.Object || Text("cause") is not { } cause) return Message;
        var subject = (Text("device") ?? Text("session")) is { } named ? $"{named}: " : "";
        return $"{subject}{cause} {Text("remedy")}".TrimEnd();

        string? Text(string name) => Parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    internal static VarlinkException Of(string error, JsonElement parameters) =>
        new(error, parameters, parameters.ValueKind == JsonValueKind.Undefined ? error : $"{error}: {parameters.GetRawText()}");
}
