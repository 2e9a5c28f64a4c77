using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>The drivers that the command itself can continue on a device. A device without one keeps its registers and is left alone.</summary>
internal static class ShellDrivers
{
    /// <summary>Continues a device's driver from its saved state, or leaves the device to whoever drives it.</summary>
    internal static Func<RestoredDevice, IKeepableDriver?> Continuation(CommandRun run) => device =>
    {
        if (device.DriverName is { } name)
            run.Note($"{device.Address}: its state is the driver '{name}''s, which this command does not have; the device is handed on as it is.");
        return null;
    };
}
