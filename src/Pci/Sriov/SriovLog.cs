using Microsoft.Extensions.Logging;

namespace Devices.Pci;

/// <summary>What a user wants to find in the log: how many VFs a PF has had.</summary>
internal static partial class SriovLog
{
    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "{Address} has {Count} VFs (before: {Before})")]
    public static partial void CountChanged(ILogger logger, PciAddress address, int count, int before);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "{Address}: {Count} VFs could not be had; it is put back to {Before}")]
    public static partial void RollingBack(ILogger logger, Exception failure, PciAddress address, int count, int before);
}
