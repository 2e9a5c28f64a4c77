using System.CommandLine;
using Devices.Linux;

namespace Devices.Cli;

/// <summary>Who opens a VMM's devices: devkeepd, or devkeep itself.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<string?> _socket = new("--broker")
    {
        Description = $"Take devices and memory from the devkeepd that listens there [default: {BrokerConnection.DefaultSocket}, if that exists]",
        HelpName = "SOCKET",
    };

    private readonly Option<bool> _alone = new("--alone")
    {
        Description = "Open devices and create memory without devkeepd, as root",
    };

    internal BrokerOptions(Command command)
    {
        command.Options.Add(_socket);
        command.Options.Add(_alone);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_alone) && result.GetResult(_socket) is not null) result.AddError("--alone and --broker exclude each other.");
        });
    }

    /// <summary>Where devkeepd listens; null to do without.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="forDevices">Whether there are devices to be opened.</param>
    /// <exception cref="UserException">There is none, and this process may not open devices.</exception>
    internal string? Socket(ParseResult parsed, bool forDevices)
    {
        var socket = parsed.GetValue(_alone) ? null : parsed.GetValue(_socket) ?? (File.Exists(BrokerConnection.DefaultSocket) ? BrokerConnection.DefaultSocket : null);
        return socket is not null || !forDevices || ProcessRights.IsRoot
            ? socket
            : throw new UserException("Devices are opened by root, or by devkeepd for those that its policy names, and none listens: start it, name its socket (--broker), or be root.");
    }
}
