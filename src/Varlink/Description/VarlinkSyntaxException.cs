namespace Devices.Varlink;

/// <summary>An interface's description is not as Varlink wants it.</summary>
/// <param name="line">Where, from 1.</param>
/// <param name="problem">What is wrong.</param>
public sealed class VarlinkSyntaxException(int line, string problem) : FormatException($"Line {line}: {problem}")
{
    /// <summary>Where, from 1.</summary>
    public int Line => line;
}
