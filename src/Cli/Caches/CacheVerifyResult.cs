namespace Devices.Cli;

/// <summary>What <c>devkeep cache verify</c> found.</summary>
/// <param name="Store">The file.</param>
/// <param name="Caches">What was in it, in order of address.</param>
internal sealed record CacheVerifyResult(string Store, IReadOnlyList<VerifiedCache> Caches);
