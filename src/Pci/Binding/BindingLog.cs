using Microsoft.Extensions.Logging;

namespace Devices.Pci;

/// <summary>What a user wants to find in the log: which device changed hands, and whose resets were taken away.</summary>
internal static partial class BindingLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "{Address} is bound to {Driver} (before: {Previous})")]
    public static partial void Bound(ILogger logger, PciAddress address, string driver, string previous);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "{Address} is unbound from {Driver}")]
    public static partial void Unbound(ILogger logger, PciAddress address, string driver);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Address} could not be bound to {Driver}; its driver is now {Now}")]
    public static partial void RolledBack(ILogger logger, PciAddress address, string driver, string now);

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "{Address} could not be given back to its former driver")]
    public static partial void RollBackFailed(ILogger logger, Exception failure, PciAddress address);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "{Address}: reset methods cleared")]
    public static partial void ResetMethodsCleared(ILogger logger, PciAddress address);

    [LoggerMessage(EventId = 111, Level = LogLevel.Information, Message = "{Address}: reset methods set to {Methods}")]
    public static partial void ResetMethodsSet(ILogger logger, PciAddress address, IReadOnlyList<string> methods);
}
