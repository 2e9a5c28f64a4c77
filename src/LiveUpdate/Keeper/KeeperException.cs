namespace Devices.LiveUpdate;

/// <summary>A keeper refused, or could not be reached any more. What the kernel refuses comes as <see cref="Linux.LinuxException"/>.</summary>
public sealed class KeeperException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="message">What was asked, why not, and the way out.</param>
    /// <param name="innerException">The cause, or null.</param>
    public KeeperException(KeeperProblem problem, string message, Exception? innerException = null)
        : base(message, innerException)
        => Problem = problem;

    /// <summary>Why.</summary>
    public KeeperProblem Problem { get; }
}
