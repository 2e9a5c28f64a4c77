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

    // Not init: what the generated reader does not find it would set to null.
    public IReadOnlyList<string> Devices { get; set; } = [];

    public long MemoryMiB { get; init; }

    public int Sessions { get; init; }

    public long SessionMemoryMiB { get; init; }
}
