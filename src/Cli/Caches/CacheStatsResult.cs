namespace Devices.Cli;

/// <summary>What <c>devkeep cache stats</c> gathers.</summary>
/// <param name="Store">The file.</param>
/// <param name="Caches">What is in it, in order of address.</param>
internal sealed record CacheStatsResult(string Store, IReadOnlyList<KeptCacheDetail> Caches);
