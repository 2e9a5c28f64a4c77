using System.Text.Json.Serialization;

namespace Devices.LiveUpdate.Protocol;

/// <summary>What the keeper answers: an error, or what the operation gives.</summary>
internal sealed record KeeperReply
{
    [JsonPropertyName("v")]
    public int Version { get; init; } = KeeperProtocol.Version;

    public KeeperError? Error { get; init; }

    /// <summary>Gets whether "get" and "remove" found the name.</summary>
    public bool? Found { get; init; }

    /// <summary>Gets the name of the session that "adopt-session" took.</summary>
    public string? Session { get; init; }

    public StatusMessage? Status { get; init; }

    public FdMessage[]? Fds { get; init; }

    public SessionMessage[]? Sessions { get; init; }
}
