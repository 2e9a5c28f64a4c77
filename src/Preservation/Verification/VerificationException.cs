namespace Devices.Preservation;

/// <summary>
/// What was found after the jump is not what was saved before it. Nothing was written to any device, and the keeper still holds everything:
/// mend the cause and verify again, or finish the session to give the memory up.
/// </summary>
public sealed class VerificationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="subject">The device's address, or the memory's name.</param>
    /// <param name="field">What differs: <c>vendor_id</c>, <c>bars[0].size</c>.</param>
    /// <param name="saved">What it was.</param>
    /// <param name="found">What it is.</param>
    /// <param name="remedy">The way out: one sentence.</param>
    public VerificationException(string subject, string field, string saved, string found, string remedy)
        : base($"{subject}: {field}: saved {saved}, found {found}. {remedy}")
    {
        Subject = subject;
        Field = field;
        Saved = saved;
        Found = found;
        Remedy = remedy;
    }

    /// <summary>The device's address, or the memory's name.</summary>
    public string Subject { get; }

    /// <summary>What differs.</summary>
    public string Field { get; }

    /// <summary>What it was before the jump.</summary>
    public string Saved { get; }

    /// <summary>What it is now.</summary>
    public string Found { get; }

    /// <summary>The way out.</summary>
    public string Remedy { get; }
}
