using System.Text.Json;

namespace Devices.LiveUpdate.Protocol;

/// <summary>What a client asks. Members that an operation does not need are left out.</summary>
internal sealed record KeeperRequest
{
    public int Version { get; private set; } = KeeperProtocol.Version;

    public string? Op { get; set; }

    /// <summary>Gets the name of a descriptor.</summary>
    public string? Name { get; set; }

    /// <summary>Gets the name of a session.</summary>
    public string? Session { get; set; }

    public ulong? Token { get; set; }

    /// <summary>Gets whether "put" gives up a descriptor of that name.</summary>
    public bool Replace { get; set; }

    /// <summary>Gets whether "stop" gives up what is held.</summary>
    public bool Force { get; set; }

    /// <summary>Gets the last name of the page before, for "list".</summary>
    public string? After { get; set; }

    /// <summary>Gets how many were on the pages before, for "sessions".</summary>
    public int Skip { get; set; }

    internal static KeeperRequest? Read(ref Utf8JsonReader reader) => KeeperJson.Object(ref reader, new KeeperRequest(), ReadMember);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("v"u8, Version);
        KeeperJson.WriteText(writer, "op"u8, Op);
        KeeperJson.WriteText(writer, "name"u8, Name);
        KeeperJson.WriteText(writer, "session"u8, Session);
        if (Token is { } token) writer.WriteNumber("token"u8, token);
        if (Replace) writer.WriteBoolean("replace"u8, Replace);
        if (Force) writer.WriteBoolean("force"u8, Force);
        KeeperJson.WriteText(writer, "after"u8, After);
        if (Skip != 0) writer.WriteNumber("skip"u8, Skip);
        writer.WriteEndObject();
    }

    private static bool ReadMember(KeeperRequest request, ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("v"u8)) request.Version = KeeperJson.Number(ref reader);
        else if (reader.ValueTextEquals("op"u8)) request.Op = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("name"u8)) request.Name = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("session"u8)) request.Session = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("token"u8)) request.Token = KeeperJson.HasValue(ref reader) ? reader.GetUInt64() : null;
        else if (reader.ValueTextEquals("replace"u8)) request.Replace = KeeperJson.Flag(ref reader);
        else if (reader.ValueTextEquals("force"u8)) request.Force = KeeperJson.Flag(ref reader);
        else if (reader.ValueTextEquals("after"u8)) request.After = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("skip"u8)) request.Skip = KeeperJson.Number(ref reader);
        else return false;
        return true;
    }
}
