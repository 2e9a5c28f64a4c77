using Devices.Linux;

namespace Devices.LiveUpdate.Protocol;

/// <summary>An exception on its way from the keeper to the client, where it is thrown again with all that it says.</summary>
internal sealed record KeeperError
{
    internal const string LinuxKind = "linux";
    internal const string KeeperKind = "keeper";

    // What a client sent may be quoted: so that each text, with every character escaped, and all four together stay within a message.
    private const int LongestText = 1000;

    public string Kind { get; init; } = KeeperKind;

    public string Message { get; init; } = "";

    /// <summary>Gets the name of a <see cref="KeeperProblem"/>.</summary>
    public string? Problem { get; init; }

    public int? Errno { get; init; }

    public string? Call { get; init; }

    public string? Subject { get; init; }

    public string? Remedy { get; init; }

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
}
