namespace Devices.Drivers;

/// <summary>A driver's saved state cannot be used: cut short, changed, of a release too new, or with a value out of its range.</summary>
public sealed class DriverStateException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="driver">The driver's name (<c>nvme</c>).</param>
    /// <param name="field">The field at fault.</param>
    /// <param name="problem">What is wrong with it, as a clause.</param>
    /// <param name="inner">What caused it, or null.</param>
    public DriverStateException(string driver, string field, string problem, Exception? inner = null)
        : base($"The saved state of driver {driver} cannot be used: {field} {problem}.", inner)
    {
        Driver = driver;
        Field = field;
    }

    /// <summary>The driver's name.</summary>
    public string Driver { get; }

    /// <summary>The field at fault.</summary>
    public string Field { get; }
}
