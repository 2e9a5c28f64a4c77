using System.Text.Json;

namespace Devices.LiveUpdate.Protocol;

/// <summary>Who the keeper is, and how much it holds.</summary>
internal sealed record StatusMessage
{
    public int Pid { get; set; }

    public Guid BootId { get; set; }

    public DateTimeOffset Since { get; set; }

    public int Fds { get; set; }

    internal static StatusMessage? Read(ref Utf8JsonReader reader) => KeeperJson.Object(ref reader, new StatusMessage(), ReadMember);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("pid"u8, Pid);
        writer.WriteString("bootId"u8, BootId);
        writer.WriteString("since"u8, Since);
        writer.WriteNumber("fds"u8, Fds);
        writer.WriteEndObject();
    }

    private static bool ReadMember(StatusMessage message, ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("pid"u8)) message.Pid = KeeperJson.Number(ref reader);
        else if (reader.ValueTextEquals("bootId"u8)) message.BootId = KeeperJson.Id(ref reader);
        else if (reader.ValueTextEquals("since"u8)) message.Since = KeeperJson.Time(ref reader);
        else if (reader.ValueTextEquals("fds"u8)) message.Fds = KeeperJson.Number(ref reader);
        else return false;
        return true;
    }
}
