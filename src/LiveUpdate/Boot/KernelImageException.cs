namespace Devices.LiveUpdate;

/// <summary>A file is not a kernel image that can be booted or looked into; the message names the file, the reason and the way out.</summary>
public sealed class KernelImageException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong with it, as a sentence without a full stop.</param>
    /// <param name="remedy">What to do about it, as a sentence, or null.</param>
    /// <param name="innerException">The cause, or null.</param>
    public KernelImageException(string path, string problem, string? remedy = null, Exception? innerException = null)
        : base(remedy is null ? $"{path}: {problem}." : $"{path}: {problem}. {remedy}", innerException)
    {
        ImagePath = path;
        Problem = problem;
        Remedy = remedy;
    }

    /// <summary>The file.</summary>
    public string ImagePath { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }

    /// <summary>What to do about it, or null.</summary>
    public string? Remedy { get; }
}
