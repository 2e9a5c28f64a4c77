using Devices.Preservation;

namespace Devices.Cli;

/// <summary>A device that came over.</summary>
/// <param name="Address">The device.</param>
/// <param name="Tier">How it came over: after <c>cold</c> it has been reset.</param>
/// <param name="Driver">The driver whose state came with it, or null.</param>
/// <param name="ConfigDifferences">Registers that are not what they were; empty when all was brought back.</param>
/// <param name="CacheRefusal">Why what was cached of its configuration did not come back, or null.</param>
/// <param name="FallBackReason">Why it came over cold though it was kept to come over warm, or null.</param>
internal sealed record RestoredDeviceResult(string Address, string Tier, string? Driver, IReadOnlyList<string> ConfigDifferences, string? CacheRefusal, string? FallBackReason)
{
    internal static RestoredDeviceResult Of(RestoredDevice device) => new(
        device.Address.ToString(),
        TierName.Of(device.Tier),
        device.DriverName,
        [.. device.ConfigDifferences.Select(static difference => difference.ToString())],
        device.ConfigCacheRefusal,
        device.FallBackReason);
}
