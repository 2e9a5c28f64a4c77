using System.CommandLine;
using Devices.Qemu;

namespace Devices.Cli;

/// <summary>Which QEMU, and how long it may take.</summary>
internal sealed class QmpOptions
{
    // To pin a large guest's memory takes long, and so do guests that let go of a device.
    private static readonly TimeSpan s_usual = TimeSpan.FromMinutes(1);

    private readonly Option<string> _socket = new("--qmp")
    {
        Description = "QEMU's monitor: SOCKET of its -qmp unix:SOCKET,server=on,wait=off",
        HelpName = "SOCKET",
        Required = true,
    };

    private readonly Option<TimeSpan?> _patience = SecondsOption.Create("--patience", $"How long QEMU and its guest may take for each step [default: {s_usual.TotalSeconds}]");

    internal QmpOptions(Command command)
    {
        command.Options.Add(_socket);
        command.Options.Add(_patience);
    }

    internal TimeSpan Patience(ParseResult parsed) => parsed.GetValue(_patience) ?? s_usual;

    /// <summary>Connects to it.</summary>
    internal QemuMachine Connect(ParseResult parsed) => QemuMachine.Connect(parsed.GetRequiredValue(_socket), Patience(parsed));
}
