namespace Devices.Varlink;

/// <summary>What a service bears of its clients. Who goes beyond is disconnected, and nobody else notices.</summary>
public sealed record VarlinkLimits
{
    /// <summary>How many connections there may be. Each has a thread.</summary>
    public int Connections { get; init; } = 512;

    /// <summary>How many of one user, so that no user takes all.</summary>
    public int ConnectionsPerUser { get; init; } = 128;

    /// <summary>The longest call, in bytes.</summary>
    public int MessageBytes { get; init; } = 1 << 20;

    /// <summary>The most descriptors with a call; at most 253.</summary>
    public int Descriptors { get; init; } = 16;

    /// <summary>How long a call may take to arrive, from its first byte on.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may take to make room for a reply.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may be silent between calls.</summary>
    public TimeSpan Idle { get; init; } = Timeout.InfiniteTimeSpan;
}
