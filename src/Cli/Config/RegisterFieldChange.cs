namespace Devices.Cli;

/// <summary>A field that differs between two values of a register.</summary>
/// <param name="Name">The field.</param>
/// <param name="Before">In the first value.</param>
/// <param name="After">In the second.</param>
internal sealed record RegisterFieldChange(string Name, string Before, string After)
{
    /// <summary>The fields of a register that differ.</summary>
    internal static IReadOnlyList<RegisterFieldChange> Between(IReadOnlyList<DecodedField> before, IReadOnlyList<DecodedField> after) =>
    [
        .. before.Join(after, static field => field.Name, static field => field.Name, static (was, now) => new RegisterFieldChange(was.Name, was.Value, now.Value), StringComparer.Ordinal)
            .Where(static change => change.Before != change.After),
    ];

    /// <summary>Changes on one line: <c>BusMaster: no -> yes; payload: 128 bytes -> 256 bytes</c>; null where there are none.</summary>
    internal static string? InWords(IReadOnlyList<RegisterFieldChange> changes) =>
        changes.Count == 0 ? null : string.Join("; ", changes.Select(static change => $"{change.Name}: {change.Before} -> {change.After}"));
}
