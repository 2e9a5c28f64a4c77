namespace Devices.Preservation;

/// <summary>A plan was refused before anything was touched.</summary>
public sealed class PreflightException : Exception
{
    /// <summary>Creates the exception; its message has all refusals.</summary>
    /// <param name="report">What the preflight found.</param>
    public PreflightException(PreflightReport report)
        : base(Compose(report)) => Report = report;

    /// <summary>All that the preflight found.</summary>
    public PreflightReport Report { get; }

    private static string Compose(PreflightReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return "Preflight refused the plan; nothing was touched. " + string.Join(' ', report.Refusals.Select(static finding => finding.ToString()));
    }
}
