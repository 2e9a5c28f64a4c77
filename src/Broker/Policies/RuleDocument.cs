namespace Devices.Broker;

/// <summary>A rule as a policy file has it.</summary>
internal sealed record RuleDocument
{
    public required string Name { get; init; }

    /// <summary>A user's name or number.</summary>
    public string? User { get; init; }

    /// <summary>A group's name or number.</summary>
    public string? Group { get; init; }

    public string? Unit { get; init; }

    public IReadOnlyList<string> Devices { get; init; } = [];

    public long MemoryMiB { get; init; }
}
