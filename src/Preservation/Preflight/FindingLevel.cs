namespace Devices.Preservation;

/// <summary>What a finding of the preflight means for the plan.</summary>
public enum FindingLevel
{
    /// <summary>Checked and in order.</summary>
    Passed,
    /// <summary>Worth knowing; the plan goes on.</summary>
    Note,
    /// <summary>The plan is refused: it would fail later, or lose a device's state.</summary>
    Refused,
}
