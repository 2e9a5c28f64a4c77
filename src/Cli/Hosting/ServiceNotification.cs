using Devices.Linux;
using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary>Tells the service manager that the keeper serves.</summary>
internal static partial class ServiceNotification
{
    /// <summary>Says that the service serves. Nothing happens where no service manager asked.</summary>
    internal static void Ready(ILogger logger)
    {
        try
        {
            _ = ServiceManager.Notify("READY=1");
        }
        catch (LinuxException failure)
        {
            LogNotTold(logger, failure.Message);
        }
    }

    [LoggerMessage(EventId = 900, Level = LogLevel.Warning, Message = "The service manager could not be told that the keeper is ready: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string reason);
}
