namespace Devices.Cli;

/// <summary>A slot of a state record.</summary>
/// <param name="Index">0 or 1.</param>
/// <param name="State"><c>blank</c>, <c>whole</c> or <c>damaged</c>.</param>
/// <param name="Sequence">The number of the record in it, or null.</param>
/// <param name="Format">Its format, or null.</param>
/// <param name="OldestReader">The oldest reader that copes with it, or null.</param>
/// <param name="Damage">What is wrong with it, or null.</param>
internal sealed record RecordSlotResult(int Index, string State, ulong? Sequence, uint? Format, uint? OldestReader, string? Damage);
