namespace Devices.Preservation;

/// <summary>A state record cannot be used: damaged, too new, too old, or inconsistent. Nothing was touched.</summary>
public sealed class RecordException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="field">What of the record is wrong: <c>checksum</c>, <c>devices[0].bars</c>.</param>
    /// <param name="problem">What is wrong with it, as a clause: saved and found where both are known.</param>
    /// <param name="remedy">The way out: one sentence.</param>
    public RecordException(string field, string problem, string remedy)
        : base($"State record, {field}: {problem}. {remedy}")
    {
        Field = field;
        Problem = problem;
        Remedy = remedy;
    }

    /// <summary>What of the record is wrong.</summary>
    public string Field { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }

    /// <summary>The way out.</summary>
    public string Remedy { get; }
}
