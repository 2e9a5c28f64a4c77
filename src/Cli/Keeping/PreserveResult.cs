namespace Devices.Cli;

/// <summary>What <c>devkeep preserve</c> did.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="Keeper">The socket of the keeper that holds everything.</param>
/// <param name="Image">The kernel that is loaded.</param>
/// <param name="Devices">The devices and their tiers.</param>
/// <param name="Memory">The memory.</param>
/// <param name="RecordCapacity">The bytes set aside for the state record.</param>
/// <param name="Notes">What the preflight found worth knowing.</param>
internal sealed record PreserveResult(
    string Session,
    string Keeper,
    string Image,
    IReadOnlyList<TierResult> Devices,
    IReadOnlyList<MemoryResult> Memory,
    int RecordCapacity,
    IReadOnlyList<FindingResult> Notes);
