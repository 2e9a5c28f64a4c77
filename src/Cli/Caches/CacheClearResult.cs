namespace Devices.Cli;

/// <summary>What <c>devkeep cache clear</c> did.</summary>
/// <param name="Store">The file.</param>
/// <param name="Removed">How many caches were kept in it; 0 for a file that was damaged.</param>
internal sealed record CacheClearResult(string Store, int Removed);
