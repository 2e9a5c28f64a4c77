using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Devices.Varlink;

/// <summary>What calls and replies have in common.</summary>
internal static class Envelope
{
    // A field twice: what one reader sees is not what another does.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a message's JSON.</summary>
    /// <exception cref="VarlinkProtocolException">It is none.</exception>
    internal static JsonElement Parse(ReadOnlyMemory<byte> message)
    {
        // The parser looks at the text of what is asked for only.
        if (!Utf8.IsValid(message.Span)) throw new VarlinkProtocolException("it is no UTF-8");
        try
        {
            using var document = JsonDocument.Parse(message, Strict);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is a field's name with half of a surrogate pair.
            throw new VarlinkProtocolException("it is no JSON", e);
        }
    }

    internal static JsonElement ParametersOf(JsonElement message)
    {
        if (!message.TryGetProperty("parameters", out var parameters) || parameters.ValueKind == JsonValueKind.Null) return default;
        return parameters.ValueKind == JsonValueKind.Object ? parameters : throw new VarlinkProtocolException("parameters are an object");
    }

    internal static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        buffer.Write([(byte)0]);
        return buffer.WrittenMemory;
    }

    internal static void WriteParameters(Utf8JsonWriter writer, JsonElement parameters)
    {
        if (parameters.ValueKind == JsonValueKind.Undefined) return;
        writer.WritePropertyName("parameters");
        parameters.WriteTo(writer);
    }
}
