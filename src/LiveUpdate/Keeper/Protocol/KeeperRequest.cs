using System.Text.Json.Serialization;

namespace Devices.LiveUpdate.Protocol;

/// <summary>What a client asks. Members that an operation does not need are left out.</summary>
internal sealed record KeeperRequest
{
    [JsonPropertyName("v")]
    public int Version { get; init; } = KeeperProtocol.Version;

    public string? Op { get; init; }

    /// <summary>Gets the name of a descriptor.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the name of a session.</summary>
    public string? Session { get; init; }

    public ulong? Token { get; init; }

    /// <summary>Gets whether "put" gives up a descriptor of that name.</summary>
    public bool Replace { get; init; }

    /// <summary>Gets whether "stop" gives up what is held.</summary>
    public bool Force { get; init; }

    /// <summary>Gets the last name of the page before, for "list".</summary>
    public string? After { get; init; }

    /// <summary>Gets how many were on the pages before, for "sessions".</summary>
    public int Skip { get; init; }
}
