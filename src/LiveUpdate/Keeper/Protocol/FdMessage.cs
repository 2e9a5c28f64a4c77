using System.Text.Json;

namespace Devices.LiveUpdate.Protocol;

/// <summary>A descriptor that the keeper holds.</summary>
internal sealed record FdMessage
{
    public string Name { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Target { get; set; } = "";

    public DateTimeOffset Since { get; set; }

    public string? Session { get; set; }

    public ulong? Token { get; set; }

    internal static FdMessage? Read(ref Utf8JsonReader reader) => KeeperJson.Object(ref reader, new FdMessage(), ReadMember);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        KeeperJson.WriteText(writer, "name"u8, Name);
        KeeperJson.WriteText(writer, "kind"u8, Kind);
        KeeperJson.WriteText(writer, "target"u8, Target);
        writer.WriteString("since"u8, Since);
        KeeperJson.WriteText(writer, "session"u8, Session);
        if (Token is { } token) writer.WriteNumber("token"u8, token);
        writer.WriteEndObject();
    }

    private static bool ReadMember(FdMessage message, ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("name"u8)) message.Name = KeeperJson.Text(ref reader) ?? "";
        else if (reader.ValueTextEquals("kind"u8)) message.Kind = KeeperJson.Text(ref reader) ?? "";
        else if (reader.ValueTextEquals("target"u8)) message.Target = KeeperJson.Text(ref reader) ?? "";
        else if (reader.ValueTextEquals("since"u8)) message.Since = KeeperJson.Time(ref reader);
        else if (reader.ValueTextEquals("session"u8)) message.Session = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("token"u8)) message.Token = KeeperJson.HasValue(ref reader) ? reader.GetUInt64() : null;
        else return false;
        return true;
    }
}
