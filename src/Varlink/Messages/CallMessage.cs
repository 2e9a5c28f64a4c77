using System.Text.Json;

namespace Devices.Varlink;

/// <summary>What a client sends.</summary>
/// <param name="Method">The method with its interface.</param>
/// <param name="Parameters">What it takes; undefined if left out.</param>
/// <param name="Oneway">No reply is wanted.</param>
/// <param name="More">Several replies are wanted.</param>
internal readonly record struct CallMessage(string Method, JsonElement Parameters, bool Oneway, bool More)
{
    /// <summary>Reads a call.</summary>
    /// <exception cref="VarlinkProtocolException">It is none.</exception>
    internal static CallMessage Read(JsonElement message)
    {
        try
        {
            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("method", out var method) || method.ValueKind != JsonValueKind.String)
                throw new VarlinkProtocolException("a call has a method");
            if (Flag(message, "upgrade"))
                throw new VarlinkProtocolException("upgrades of the connection are not offered");
            var call = new CallMessage(method.GetString()!, Envelope.ParametersOf(message), Flag(message, "oneway"), Flag(message, "more"));
            return call is { Oneway: true, More: true } ? throw new VarlinkProtocolException("a call is not oneway and more at once") : call;
        }
        catch (InvalidOperationException e)
        {
            throw new VarlinkProtocolException("its method is no text", e);
        }
    }

    /// <summary>Writes a call with the NUL that ends it.</summary>
    internal ReadOnlyMemory<byte> Write()
    {
        // A lambda cannot capture a struct's own fields.
        var (method, parameters, oneway, more) = this;
        return Envelope.Write(writer =>
        {
            writer.WriteString("method", method);
            Envelope.WriteParameters(writer, parameters);
            if (oneway) writer.WriteBoolean("oneway", true);
            if (more) writer.WriteBoolean("more", true);
        });
    }

    private static bool Flag(JsonElement message, string name)
    {
        if (!message.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.False or JsonValueKind.Null) return false;
        return value.ValueKind == JsonValueKind.True ? true : throw new VarlinkProtocolException($"{name} is true or false");
    }
}
