namespace Devices.Preservation;

/// <summary>The outcome of one check.</summary>
/// <param name="Check">What was checked, in a few words.</param>
/// <param name="Subject">On what: a device's address, a memory's name, a file, or <c>system</c>.</param>
/// <param name="Level">What it means for the plan.</param>
/// <param name="Reason">What was found.</param>
/// <param name="WayOut">What to do about it; null where nothing needs to be done.</param>
public sealed record PreflightFinding(string Check, string Subject, FindingLevel Level, string Reason, string? WayOut = null)
{
    /// <inheritdoc/>
    public override string ToString() => WayOut is null ? $"{Subject}: {Check}: {Reason}" : $"{Subject}: {Check}: {Reason} {WayOut}";
}
