namespace Devices.Preservation.Members;

/// <summary><c>Finding</c>.</summary>
internal sealed record FindingMessage(string Check, string Subject, FindingLevel Level, string Reason, string? WayOut)
{
    internal static FindingMessage Of(PreflightFinding finding) => new(finding.Check, finding.Subject, finding.Level, finding.Reason, finding.WayOut);

    internal PreflightFinding ToFinding() => new(Check, Subject, Level, Reason, WayOut);
}
