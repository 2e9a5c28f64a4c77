namespace Devices.Pci;

/// <summary>A store of caches cannot be used: damaged, cut short, or another release's. Nothing was taken of it.</summary>
public sealed class ConfigCacheStoreException : Exception
{
    internal ConfigCacheStoreException(string subject, string problem)
        : base($"{subject}: {problem}. What it holds can be read from the devices again: remove it.")
    {
        Subject = subject;
        Problem = problem;
    }

    /// <summary>The file, or what else the store was read from.</summary>
    public string Subject { get; }

    /// <summary>What is wrong with it, as a clause.</summary>
    public string Problem { get; }
}
