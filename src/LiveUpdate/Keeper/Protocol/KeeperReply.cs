using System.Text.Json;

namespace Devices.LiveUpdate.Protocol;

/// <summary>What the keeper answers: an error, or what the operation gives.</summary>
internal sealed record KeeperReply
{
    public int Version { get; private set; } = KeeperProtocol.Version;

    public KeeperError? Error { get; set; }

    /// <summary>Gets whether "get" and "remove" found the name.</summary>
    public bool? Found { get; set; }

    /// <summary>Gets the name of the session that "adopt-session" took.</summary>
    public string? Session { get; set; }

    public StatusMessage? Status { get; set; }

    public FdMessage[]? Fds { get; set; }

    public SessionMessage[]? Sessions { get; set; }

    internal static KeeperReply? Read(ref Utf8JsonReader reader) => KeeperJson.Object(ref reader, new KeeperReply(), ReadMember);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("v"u8, Version);
        if (Error is not null)
        {
            writer.WritePropertyName("error"u8);
            Error.Write(writer);
        }

        if (Found is { } found) writer.WriteBoolean("found"u8, found);
        KeeperJson.WriteText(writer, "session"u8, Session);
        if (Status is not null)
        {
            writer.WritePropertyName("status"u8);
            Status.Write(writer);
        }

        if (Fds is not null)
        {
            writer.WriteStartArray("fds"u8);
            foreach (var fd in Fds) fd.Write(writer);
            writer.WriteEndArray();
        }

        if (Sessions is not null)
        {
            writer.WriteStartArray("sessions"u8);
            foreach (var session in Sessions) session.Write(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static bool ReadMember(KeeperReply reply, ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("v"u8)) reply.Version = KeeperJson.Number(ref reader);
        else if (reader.ValueTextEquals("error"u8)) reply.Error = KeeperJson.HasValue(ref reader) ? KeeperError.Read(ref reader) : null;
        else if (reader.ValueTextEquals("found"u8)) reply.Found = KeeperJson.HasValue(ref reader) ? reader.GetBoolean() : null;
        else if (reader.ValueTextEquals("session"u8)) reply.Session = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("status"u8)) reply.Status = KeeperJson.HasValue(ref reader) ? StatusMessage.Read(ref reader) : null;
        else if (reader.ValueTextEquals("fds"u8)) reply.Fds = KeeperJson.Array(ref reader, FdMessage.Read);
        else if (reader.ValueTextEquals("sessions"u8)) reply.Sessions = KeeperJson.Array(ref reader, SessionMessage.Read);
        else return false;
        return true;
    }
}
