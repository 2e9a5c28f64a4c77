using System.Text.Json;

namespace Devices.LiveUpdate.Protocol;

/// <summary>A session that the keeper holds.</summary>
internal sealed record SessionMessage
{
    public string Name { get; set; } = "";

    public bool Incoming { get; set; }

    public DateTimeOffset Since { get; set; }

    internal static SessionMessage? Read(ref Utf8JsonReader reader) => KeeperJson.Object(ref reader, new SessionMessage(), ReadMember);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        KeeperJson.WriteText(writer, "name"u8, Name);
        if (Incoming) writer.WriteBoolean("incoming"u8, Incoming);
        writer.WriteString("since"u8, Since);
        writer.WriteEndObject();
    }

    private static bool ReadMember(SessionMessage message, ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("name"u8)) message.Name = KeeperJson.Text(ref reader) ?? "";
        else if (reader.ValueTextEquals("incoming"u8)) message.Incoming = KeeperJson.Flag(ref reader);
        else if (reader.ValueTextEquals("since"u8)) message.Since = KeeperJson.Time(ref reader);
        else return false;
        return true;
    }
}
