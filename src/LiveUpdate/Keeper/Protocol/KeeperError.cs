using Devices.Linux;

namespace Devices.LiveUpdate.Protocol;

/// <summary>An exception on its way from the keeper to the client, where it is thrown again with all that it says.</summary>
internal sealed record KeeperError
{
    internal const string LinuxKind = "linux";
    internal const string KeeperKind = "keeper";

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
            Message = e.Message,
            Errno = (int)e.Errno,
            Call = e.Call,
            Subject = e.Subject,
            Remedy = e.Remedy,
        },
        KeeperException e => new KeeperError { Message = e.Message, Problem = e.Problem.ToString() },
        ArgumentException e => new KeeperError { Message = e.Message, Problem = nameof(KeeperProblem.Protocol) },
        _ => new KeeperError { Message = $"The keeper failed: {exception.Message}", Problem = nameof(KeeperProblem.Protocol) },
    };

    internal Exception ToException() => Kind switch
    {
        LinuxKind when Errno is { } errno => new LinuxException((Errno)errno, Call ?? "", Subject ?? "", Remedy),
        _ => new KeeperException(Enum.TryParse<KeeperProblem>(Problem, out var problem) ? problem : KeeperProblem.Protocol, Message),
    };
}
