namespace Devices.Cli;

/// <summary>A cache that is kept.</summary>
/// <param name="Address">The function; for <c>vfs</c> the PF.</param>
/// <param name="Of"><c>function</c>: its own registers; <c>vfs</c>: what its VFs have in common.</param>
/// <param name="View"><c>raw</c> or <c>vfio</c>.</param>
/// <param name="Length">How many bytes the record of it has.</param>
/// <param name="ThisBoot">Whether it was saved while this kernel ran.</param>
/// <param name="Registers">How many bytes of configuration space need not be read because of it; null where only opening a device would tell.</param>
/// <param name="Vfs">How many VFs are enabled that it is for; null for a function's own.</param>
/// <param name="Refusal">Why it would not be used, or null.</param>
internal sealed record KeptCacheDetail(string Address, string Of, string View, int Length, bool ThisBoot, int? Registers, int? Vfs, string? Refusal);
