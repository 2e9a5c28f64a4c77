using System.Text.Json;

namespace Devices.Varlink;

/// <summary>What a service sends.</summary>
/// <param name="Parameters">What the method returns, or the error carries; undefined if left out.</param>
/// <param name="Error">The error's full name, or null.</param>
/// <param name="Continues">More replies to the same call follow.</param>
internal readonly record struct ReplyMessage(JsonElement Parameters, string? Error, bool Continues)
{
    /// <summary>Reads a reply.</summary>
    /// <exception cref="VarlinkProtocolException">It is none.</exception>
    internal static ReplyMessage Read(JsonElement message)
    {
        try
        {
            if (message.ValueKind != JsonValueKind.Object) throw new VarlinkProtocolException("a reply is an object");
            var error = message.TryGetProperty("error", out var name) && name.ValueKind != JsonValueKind.Null ? name.GetString() : null;
            return new ReplyMessage(Envelope.ParametersOf(message), error, message.TryGetProperty("continues", out var continues) && continues.ValueKind == JsonValueKind.True);
        }
        catch (InvalidOperationException e)
        {
            throw new VarlinkProtocolException("its error is no text", e);
        }
    }

    /// <summary>Writes a reply with the NUL that ends it.</summary>
    internal ReadOnlyMemory<byte> Write()
    {
        var (parameters, error, continues) = this;
        return Envelope.Write(writer =>
        {
            if (error is not null) writer.WriteString("error", error);
            Envelope.WriteParameters(writer, parameters);
            if (continues) writer.WriteBoolean("continues", true);
        });
    }
}
