using Devices.Preservation;

namespace Devices.Cli;

/// <summary>The outcome of one check of the preflight.</summary>
/// <param name="Level"><c>passed</c>, <c>note</c> or <c>refused</c>.</param>
/// <param name="Subject">On what: a device's address, a memory's name, a file, or <c>system</c>.</param>
/// <param name="Check">What was checked.</param>
/// <param name="Reason">What was found.</param>
/// <param name="WayOut">What to do about it, or null.</param>
internal sealed record FindingResult(string Level, string Subject, string Check, string Reason, string? WayOut)
{
    internal static FindingResult Of(PreflightFinding finding) => new(
        finding.Level switch
        {
            FindingLevel.Passed => "passed",
            FindingLevel.Note => "note",
            _ => "refused",
        },
        finding.Subject,
        finding.Check,
        finding.Reason,
        finding.WayOut);
}
