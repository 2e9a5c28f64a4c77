using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary>Tells the service manager how the process is doing (<c>sd_notify(3)</c>): a datagram to <c>NOTIFY_SOCKET</c>.</summary>
internal static partial class ServiceNotification
{
    /// <summary>Says that the service serves. Nothing happens where no service manager asked.</summary>
    internal static void Ready(ILogger logger)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 0 } path)
            return;
        try
        {
            // A leading @ stands for the NUL of an abstract address.
            var address = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo("READY=1"u8, address);
        }
        catch (SocketException failure)
        {
            // The service works all the same; the manager's own time limit will say that it heard nothing.
            LogNotTold(logger, path, failure.Message);
        }
    }

    [LoggerMessage(EventId = 900, Level = LogLevel.Warning, Message = "The service manager at {Path} could not be told that the keeper is ready: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string path, string reason);
}
