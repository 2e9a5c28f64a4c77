namespace Devices.Broker;

/// <summary>A policy file as it is written.</summary>
internal sealed record PolicyDocument
{
    public required IReadOnlyList<RuleDocument> Rules { get; init; }
}
