using System.Buffers;
using System.Text.Json;

namespace Devices.LiveUpdate.Protocol;

/// <summary>
/// Messages to JSON and back, member by member. What a serializer knows of each type of member is code that the runtime compiles at its first use: hundreds of
/// methods in keeper and worker, one after the other, within each blackout.
/// </summary>
internal static class KeeperJson
{
    internal delegate T Reading<T>(ref Utf8JsonReader reader);

    internal delegate bool Member<in T>(T message, ref Utf8JsonReader reader);

    internal static byte[] Bytes(KeeperRequest request) => Bytes(request.Write);

    internal static byte[] Bytes(KeeperReply reply) => Bytes(reply.Write);

    /// <summary>Reads a message: exactly one value, and nothing behind it.</summary>
    /// <returns>The message; null where the value is <c>null</c>.</returns>
    /// <exception cref="JsonException">It is no JSON, or not of the form that the message has.</exception>
    internal static T? Parse<T>(ReadOnlySpan<byte> bytes, Reading<T?> read)
        where T : class
    {
        var reader = new Utf8JsonReader(bytes);
        try
        {
            _ = reader.Read();
            var message = read(ref reader);
            // What is left can only be refused.
            _ = reader.Read();
            return message;
        }
        catch (Exception failure) when (failure is InvalidOperationException or FormatException)
        {
            // A value of another type, a number that does not fit, text that is none.
            throw new JsonException($"{failure.Message} At byte {reader.TokenStartIndex}.", failure);
        }
    }

    /// <summary>Reads an object, from its brace to the other; null where <c>null</c> stands in its place. What is not known is passed over.</summary>
    internal static T? Object<T>(ref Utf8JsonReader reader, T message, Member<T> member)
        where T : class
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException($"{reader.TokenType} stands where an object is expected, at byte {reader.TokenStartIndex}.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            // A member reads its value if the name is its own.
            if (member(message, ref reader)) continue;
            reader.Skip();
        }

        return message;
    }

    /// <summary>Reads an array of objects; null where <c>null</c> stands in its place.</summary>
    internal static T[]? Array<T>(ref Utf8JsonReader reader, Reading<T?> read)
        where T : class
    {
        _ = reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException($"{reader.TokenType} stands where an array is expected, at byte {reader.TokenStartIndex}.");
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(read(ref reader) ?? throw new JsonException($"null stands in an array of objects, at byte {reader.TokenStartIndex}."));
        return [.. items];
    }

    internal static string? Text(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        return reader.GetString();
    }

    internal static int Number(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        return reader.GetInt32();
    }

    internal static bool Flag(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        return reader.GetBoolean();
    }

    internal static DateTimeOffset Time(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        return reader.GetDateTimeOffset();
    }

    internal static Guid Id(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        return reader.GetGuid();
    }

    /// <summary>Whether a value follows that is not <c>null</c>; it is the next to be read either way.</summary>
    internal static bool HasValue(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        return reader.TokenType != JsonTokenType.Null;
    }

    internal static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null) writer.WriteString(name, text);
    }

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes)) write(writer);
        return bytes.WrittenSpan.ToArray();
    }
}
