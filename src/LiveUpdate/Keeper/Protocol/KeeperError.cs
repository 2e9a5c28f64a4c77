using System.Text.Json;
using Devices.Linux;

namespace Devices.LiveUpdate.Protocol;

/// <summary>An exception on its way from the keeper to the client, where it is thrown again with all that it says.</summary>
internal sealed record KeeperError
{
    internal const string LinuxKind = "linux";
    internal const string KeeperKind = "keeper";

    // What a client sent may be quoted: so that each text, with every character escaped, and all four together stay within a message.
    private const int LongestText = 1000;

    public string Kind { get; set; } = KeeperKind;

    public string Message { get; set; } = "";

    /// <summary>Gets the name of a <see cref="KeeperProblem"/>.</summary>
    public string? Problem { get; set; }

    public int? Errno { get; set; }

    public string? Call { get; set; }

    public string? Subject { get; set; }

    public string? Remedy { get; set; }

    internal static KeeperError Of(Exception exception) => exception switch
    {
        LinuxException e => new KeeperError
        {
            Kind = LinuxKind,
            Message = Cut(e.Message),
            Errno = (int)e.Errno,
            Call = Cut(e.Call),
            Subject = Cut(e.Subject),
            Remedy = e.Remedy is null ? null : Cut(e.Remedy),
        },
        KeeperException e => new KeeperError { Message = Cut(e.Message), Problem = e.Problem.ToString() },
        ArgumentException e => new KeeperError { Message = Cut(e.Message), Problem = nameof(KeeperProblem.Protocol) },
        _ => new KeeperError { Message = Cut($"The keeper failed: {exception.Message}"), Problem = nameof(KeeperProblem.Protocol) },
    };

    private static string Cut(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}…";

    internal Exception ToException() => Kind switch
    {
        LinuxKind when Errno is { } errno => new LinuxException((Errno)errno, Call ?? "", Subject ?? "", Remedy),
        _ => new KeeperException(Enum.TryParse<KeeperProblem>(Problem, out var problem) ? problem : KeeperProblem.Protocol, Message),
    };

    internal static KeeperError? Read(ref Utf8JsonReader reader) => KeeperJson.Object(ref reader, new KeeperError(), ReadMember);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        KeeperJson.WriteText(writer, "kind"u8, Kind);
        KeeperJson.WriteText(writer, "message"u8, Message);
        KeeperJson.WriteText(writer, "problem"u8, Problem);
        if (Errno is { } errno) writer.WriteNumber("errno"u8, errno);
        KeeperJson.WriteText(writer, "call"u8, Call);
        KeeperJson.WriteText(writer, "subject"u8, Subject);
        KeeperJson.WriteText(writer, "remedy"u8, Remedy);
        writer.WriteEndObject();
    }

    private static bool ReadMember(KeeperError message, ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("kind"u8)) message.Kind = KeeperJson.Text(ref reader) ?? "";
        else if (reader.ValueTextEquals("message"u8)) message.Message = KeeperJson.Text(ref reader) ?? "";
        else if (reader.ValueTextEquals("problem"u8)) message.Problem = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("errno"u8)) message.Errno = KeeperJson.HasValue(ref reader) ? reader.GetInt32() : null;
        else if (reader.ValueTextEquals("call"u8)) message.Call = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("subject"u8)) message.Subject = KeeperJson.Text(ref reader);
        else if (reader.ValueTextEquals("remedy"u8)) message.Remedy = KeeperJson.Text(ref reader);
        else return false;
        return true;
    }
}
