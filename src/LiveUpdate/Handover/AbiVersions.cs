namespace Devices.LiveUpdate;

/// <summary>The three formats in which a kernel hands its state to the next one. Between kernels that differ in one, nothing is handed over safely.</summary>
/// <param name="Kho">Kexec Handover, e.g. <c>kho-v4</c>; null where the kernel has none, or where it cannot be told.</param>
/// <param name="Luo">Live Update Orchestrator, e.g. <c>luo-v5</c>; null likewise.</param>
/// <param name="Memfd">Preserved memfds, e.g. <c>memfd-v2</c>; null likewise.</param>
/// <remarks><c>KHO_FDT_COMPATIBLE</c>, <c>LUO_ABI_COMPATIBLE</c>, <c>MEMFD_LUO_FH_COMPATIBLE</c> (include/linux/kho/abi/).</remarks>
public readonly record struct AbiVersions(string? Kho, string? Luo, string? Memfd)
{
    /// <summary>Whether all three are known.</summary>
    public bool IsComplete => Kho is not null && Luo is not null && Memfd is not null;

    /// <summary>Says in which formats a next kernel differs, and what would happen.</summary>
    /// <param name="next">The next kernel's formats, from its image.</param>
    /// <returns>One sentence for each format that differs or that only one of the two is known to have; empty when state can be handed over.</returns>
    public IReadOnlyList<string> DifferencesTo(AbiVersions next)
    {
        var differences = new List<string>();
        Compare(differences, "KHO", Kho, next.Kho, "the next kernel would drop all preserved state without an error");
        Compare(differences, "LUO", Luo, next.Luo, "the next kernel would panic while it boots");
        Compare(differences, "memfd", Memfd, next.Memfd, "the next kernel could not open /dev/liveupdate and everything preserved would be lost");
        return differences;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kho ?? "no KHO"}, {Luo ?? "no LUO"}, {Memfd ?? "no memfd"}";

    private static void Compare(List<string> differences, string what, string? running, string? next, string consequence)
    {
        if (next is null)
            differences.Add($"The next kernel has no {what} format at all: {consequence}.");
        else if (running is null)
            differences.Add($"The running kernel's {what} format is not known, the next one's is {next}: if they differ, {consequence}.");
        else if (running != next)
            differences.Add($"The running kernel hands over {running}, the next one reads {next}: {consequence}.");
    }
}
