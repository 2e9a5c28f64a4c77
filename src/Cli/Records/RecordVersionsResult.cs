namespace Devices.Cli;

/// <summary>Which state records this build writes and reads.</summary>
/// <param name="Release">This build.</param>
/// <param name="Writes">The format that it writes.</param>
/// <param name="OldestReader">The oldest reader that copes with what it writes.</param>
/// <param name="OldestRead">The oldest format that it reads.</param>
internal sealed record RecordVersionsResult(string Release, uint Writes, uint OldestReader, uint OldestRead);
