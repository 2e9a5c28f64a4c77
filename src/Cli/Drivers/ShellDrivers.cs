using Devices.Iommufd;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>The drivers that the command has. A device without one keeps its registers and is left alone.</summary>
internal static class ShellDrivers
{
    internal static IReadOnlyList<IShellDriver> All { get; } = [new NvmeShellDriver(), new EduShellDriver(), new IgbShellDriver()];

    /// <summary>The name of the memory that a driver gets for a device.</summary>
    internal static string MemoryName(IShellDriver driver, PciAddress address) => $"{driver.Name}-{address.ToString().Replace(':', '-')}";

    /// <summary>Goes on with a device in the kernel in which its driver was started: it has not been reset, whatever its tier is.</summary>
    internal static Func<RestoredDevice, IKeepableDriver?> Continuation(CommandRun run) => device => Find(device, run) is { } driver
        ? driver.Continue(device, MemoryOf(driver, device))
        : null;

    /// <summary>Goes on with a device after the jump: one that came over cold is initialised anew.</summary>
    internal static Func<RestoredDevice, IKeepableDriver?> Restoration(CommandRun run) => device => Find(device, run) is { } driver
        ? device.Tier == PreservationTier.Cold
            ? driver.Start(device.Attachment, MemoryOf(driver, device))
            : driver.Continue(device, MemoryOf(driver, device))
        : null;

    private static IShellDriver? Find(RestoredDevice device, CommandRun run)
    {
        if (device.DriverName is not { } name)
            return null;
        var driver = All.FirstOrDefault(driver => driver.Name == name);
        if (driver is null)
            run.Note($"{device.Address}: its state is that of the driver '{name}', which this command does not have; the device is handed on as it is.");
        return driver;
    }

    private static DmaMemory? MemoryOf(IShellDriver driver, RestoredDevice device) =>
        driver.MemoryLength == 0 ? null : DmaMemory.Adopt(device.MappingsOf(MemoryName(driver, device.Address))[0]);
}
