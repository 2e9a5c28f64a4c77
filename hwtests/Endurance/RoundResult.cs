using System.Text.Json;

namespace Devices.HwTests.Endurance;

/// <summary>A kexec that went well: a line of JSON, written when all was verified.</summary>
/// <param name="Round">Its number, from 1 on.</param>
/// <param name="Of">How many there are to be.</param>
/// <param name="Tiers">How many devices came over in each tier.</param>
/// <param name="MemoryBytes">Bytes of memory that were compared.</param>
/// <param name="DiskBytes">Bytes that were read back from disks and compared.</param>
/// <param name="RoundsReadBack">Of how many rounds.</param>
/// <param name="InFlight">Commands that the freeze found with the controllers.</param>
/// <param name="Writes">Writes since the last round until the freeze, besides what the round itself wrote.</param>
/// <param name="FreezeMs">What of the freeze is not the sync at the jump, in milliseconds.</param>
/// <param name="BlackoutMs">The blackout by phase, in milliseconds.</param>
/// <param name="StepsMs">What the worker did of it, in milliseconds: the steps of the restore one after the other.</param>
/// <param name="UserMs">Processor time of the worker itself until the devices served, in milliseconds.</param>
/// <param name="SystemMs">The kernel's, on its behalf.</param>
/// <param name="PreserveMs">How long preserving took, devices working, in milliseconds.</param>
/// <param name="AvailableKiB">Memory that this kernel has available before the next preserve, or at the end.</param>
/// <param name="CommandLine">The length of this kernel's command line.</param>
internal sealed record RoundResult(
    int Round,
    int Of,
    IReadOnlyDictionary<string, int> Tiers,
    ulong MemoryBytes,
    ulong DiskBytes,
    int RoundsReadBack,
    ulong InFlight,
    ulong Writes,
    double FreezeMs,
    BlackoutMs BlackoutMs,
    IReadOnlyDictionary<string, double> StepsMs,
    double UserMs,
    double SystemMs,
    double PreserveMs,
    long AvailableKiB,
    int CommandLine)
{
    private const string FileName = "rounds.jsonl";

    internal void Append(string directory) => File.AppendAllText(Path.Combine(directory, FileName), JsonSerializer.Serialize(this, EnduranceJson.Default.RoundResult) + "\n");

    /// <summary>All rounds of a run; none if it did not come that far. The last line of a guest that died may be cut short.</summary>
    internal static IReadOnlyList<RoundResult> LoadAll(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? [.. File.ReadLines(path).Where(static line => line.EndsWith('}')).Select(static line => JsonSerializer.Deserialize(line, EnduranceJson.Default.RoundResult)!)] : [];
    }
}
