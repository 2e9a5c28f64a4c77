using Devices.Preservation;

namespace Devices.Broker;

/// <summary>What a check found: <c>Finding</c> of the sessions' interface.</summary>
internal sealed record FindingReport(string Check, string Subject, FindingLevel Level, string Reason, string? WayOut)
{
    internal static FindingReport Of(PreflightFinding finding) => new(finding.Check, finding.Subject, finding.Level, finding.Reason, finding.WayOut);
}
