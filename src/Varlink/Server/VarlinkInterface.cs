using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Devices.Varlink;

/// <summary>An interface that a service has: its description, and who answers its methods.</summary>
public sealed class VarlinkInterface
{
    private readonly Dictionary<string, Handler> _handlers = new(StringComparer.Ordinal);

    /// <summary>An interface, none of whose methods is answered yet.</summary>
    /// <param name="description">What it is.</param>
    public VarlinkInterface(VarlinkDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        Description = description;
    }

    internal delegate void Handler(VarlinkCall call, JsonElement parameters, Action<ReplyMessage> reply);

    /// <summary>What it is.</summary>
    public VarlinkDescription Description { get; }

    /// <summary>Has a method answered. Its parameters are as described: that is checked before.</summary>
    /// <typeparam name="TParameters">The type of what it takes.</typeparam>
    /// <typeparam name="TReturns">The type of what it returns.</typeparam>
    /// <param name="method">Its name, without the interface's.</param>
    /// <param name="parameters">How what it takes is read.</param>
    /// <param name="returns">How what it returns is written.</param>
    /// <param name="handle">Answers, on the client's thread; throws <see cref="VarlinkException"/> for an error.</param>
    /// <returns>This interface.</returns>
    /// <exception cref="ArgumentException">The interface has no such method, or it is answered already.</exception>
    public VarlinkInterface On<TParameters, TReturns>(
        string method, JsonTypeInfo<TParameters> parameters, JsonTypeInfo<TReturns> returns, Func<VarlinkCall, TParameters, TReturns> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return Add(method, (call, json, reply) => reply(Last(handle(call, ReadParameters(json, parameters)), returns)));
    }

    /// <summary>Has a method answered by several replies. A call that does not want more than one is refused.</summary>
    /// <typeparam name="TParameters">The type of what it takes.</typeparam>
    /// <typeparam name="TReturns">The type of what it returns.</typeparam>
    /// <param name="method">Its name, without the interface's.</param>
    /// <param name="parameters">How what it takes is read.</param>
    /// <param name="returns">How what it returns is written.</param>
    /// <param name="handle">Gives each reply but the last to its third argument, and returns the last.</param>
    /// <returns>This interface.</returns>
    /// <exception cref="ArgumentException">The interface has no such method, or it is answered already.</exception>
    public VarlinkInterface OnMore<TParameters, TReturns>(
        string method, JsonTypeInfo<TParameters> parameters, JsonTypeInfo<TReturns> returns, Func<VarlinkCall, TParameters, Action<TReturns>, TReturns> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return Add(method, (call, json, reply) =>
        {
            if (!call.More) throw ServiceErrors.ExpectedMore();
            var last = handle(call, ReadParameters(json, parameters), value => reply(Last(value, returns) with { Continues = true }));
            reply(Last(last, returns));
        });
    }

    /// <summary>Who answers a call.</summary>
    /// <exception cref="VarlinkException">The method is not there, is not answered, or its parameters are not as described.</exception>
    internal Handler HandlerOf(string method, JsonElement parameters)
    {
        if (!Description.Methods.TryGetValue(method, out var described)) throw ServiceErrors.MethodNotFound(method);
        if (TypeCheck.FindFault(Description, described.Parameters, parameters) is { } fault) throw ServiceErrors.InvalidParameter(fault);
        return _handlers.TryGetValue(method, out var handler) ? handler : throw ServiceErrors.MethodNotImplemented(method);
    }

    private static ReplyMessage Last<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToElement(value, type), Error: null, Continues: false);

    private static T ReadParameters<T>(JsonElement json, JsonTypeInfo<T> type)
    {
        using var none = json.ValueKind == JsonValueKind.Undefined ? JsonDocument.Parse("{}") : null;
        try
        {
            return (none?.RootElement ?? json).Deserialize(type)!;
        }
        catch (JsonException unfit)
        {
            // As described, but not what this service has room for: a number that is none of the handler's type.
            throw ServiceErrors.InvalidParameter(unfit.Path is { Length: > 2 } path ? path[2..] : "parameters");
        }
    }

    private VarlinkInterface Add(string method, Handler handler)
    {
        if (!Description.Methods.ContainsKey(method)) throw new ArgumentException($"{Description.Name} has no method {method}.", nameof(method));
        return _handlers.TryAdd(method, handler) ? this : throw new ArgumentException($"{Description.Name}.{method} is answered already.", nameof(method));
    }
}
