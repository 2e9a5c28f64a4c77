namespace Devices.Preservation;

/// <summary>Versions of the state record.</summary>
public static class RecordFormat
{
    /// <summary>What this build writes. It is raised when an older reader would misread what is written.</summary>
    public const uint Current = 1;

    /// <summary>The oldest format that this build reads.</summary>
    public const uint OldestRead = 1;

    /// <summary>The oldest reader that copes with what this build writes: one whose <see cref="Current"/> is at least this.</summary>
    public const uint OldestReader = 1;

    /// <summary>The token of the record's own memfd in its session.</summary>
    public const ulong Token = 0;
}
