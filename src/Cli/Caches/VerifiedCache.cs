namespace Devices.Cli;

/// <summary>A cache that was compared with its device.</summary>
/// <param name="Address">The function; for <c>vfs</c> the PF.</param>
/// <param name="Of"><c>function</c> or <c>vfs</c>.</param>
/// <param name="View"><c>raw</c> or <c>vfio</c>.</param>
/// <param name="Compared">How many functions it was compared with: of VFs those that are enabled.</param>
/// <param name="Apart">The VFs among them that were seen to differ before anything was taken: they keep everything themselves.</param>
/// <param name="Refusal">Why it would not have been used, or was not compared; or null.</param>
/// <param name="Dropped">Whether it is kept no longer.</param>
/// <param name="Differences">What was kept and is not so.</param>
internal sealed record VerifiedCache(
    string Address, string Of, string View, int Compared, IReadOnlyList<string> Apart, string? Refusal, bool Dropped, IReadOnlyList<CacheDifference> Differences);
