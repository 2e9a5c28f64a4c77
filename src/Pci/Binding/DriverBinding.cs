using Devices.Linux;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Pci;

/// <summary>Gives functions to drivers and takes them away (sysfs <c>driver_override</c>, <c>drivers_probe</c>, <c>unbind</c>).</summary>
/// <remarks>
/// Unbinding a VFIO driver while a process holds the device blocks until that process closes it. The binding of a kept device is never
/// touched between its freeze and its restore.
/// </remarks>
public sealed class DriverBinding
{
    private const string None = "no driver";

    private readonly ILogger _logger;

    /// <summary>Changes bindings, and tells of each.</summary>
    /// <param name="logger">Told which device changed hands, or null.</param>
    public DriverBinding(ILogger<DriverBinding>? logger = null)
        : this((ILogger?)logger ?? NullLogger.Instance)
    {
    }

    internal DriverBinding(ILogger logger) => _logger = logger;

    /// <summary>
    /// Binds a function to a driver and to no other: sets <c>driver_override</c>, unbinds the driver it has, probes, and looks whether the
    /// driver is really bound. If it is not, the former override is put back and the function probed again.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="driver">The driver's name below <c>/sys/bus/pci/drivers</c>: <c>vfio-pci</c>.</param>
    /// <exception cref="ArgumentException">The name is empty or holds a slash or white space.</exception>
    /// <exception cref="LinuxException">The driver is not loaded, or the kernel refused, or the driver did not take the function.</exception>
    public void Bind(PciFunction function, string driver)
    {
        ArgumentNullException.ThrowIfNull(function);
        CheckName(driver);
        RequireLoaded(function.Sysfs, driver, function.Address.ToString());
        BindToLoaded(function, driver);
    }

    /// <summary>
    /// Binds many functions to a driver, as <see cref="Bind"/> does one, several at a time: two writes to sysfs for each that has no
    /// driver, none for one that is bound to it and to no other already.
    /// </summary>
    /// <param name="functions">The functions.</param>
    /// <param name="driver">The driver's name below <c>/sys/bus/pci/drivers</c>: <c>vfio-pci</c>.</param>
    /// <param name="parallelism">How many at a time.</param>
    /// <param name="ended">Told how many have ended, one thread at a time; or null.</param>
    /// <returns>Those that were not bound, and why; the others are.</returns>
    /// <exception cref="ArgumentException">The name is empty or holds a slash or white space.</exception>
    /// <exception cref="LinuxException">The driver is not loaded; nothing was changed.</exception>
    public IReadOnlyList<FunctionFailure> BindMany(
        IReadOnlyList<PciFunction> functions,
        string driver,
        int parallelism = SriovOptions.DefaultParallelism,
        Action<int>? ended = null)
    {
        ArgumentNullException.ThrowIfNull(functions);
        CheckName(driver);
        if (functions.Count == 0)
            return [];
        RequireLoaded(functions[0].Sysfs, driver, $"{functions.Count} functions");
        return FunctionFailure.Of(functions, static function => function.Address, BlockingCalls.Run(functions.Count, parallelism, i => BindToLoaded(functions[i], driver), ended));
    }

    /// <summary>Takes a function from its driver and leaves it without one. <c>driver_override</c> stays. Nothing to do without a driver.</summary>
    /// <param name="function">The function.</param>
    /// <exception cref="LinuxException">The kernel refused, or the driver is still bound.</exception>
    public void Unbind(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function.Driver is not { } driver)
            return;
        Detach(function, driver);
        BindingLog.Unbound(_logger, function.Address, driver);
    }

    /// <summary>
    /// Gives a function back to whatever driver the kernel finds for it: clears <c>driver_override</c>, unbinds, probes.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <returns>The driver that took it, or null where none is loaded that wants it.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public string? BindDefault(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var previous = function.Driver;
        WriteOverride(function, null);
        if (previous is not null)
            Detach(function, previous);
        Probe(function, null);
        var found = function.Driver;
        BindingLog.Bound(_logger, function.Address, found ?? None, previous ?? None);
        return found;
    }

    /// <summary>Refuses a driver that is not there.</summary>
    internal static void RequireLoaded(SysfsTree sysfs, string driver, string what)
    {
        var path = Path.Combine(sysfs.Drivers, driver);
        if (!SysfsAttribute.Exists(path))
            throw new LinuxException(Errno.ENOENT, "bind", $"{what} to {driver}", $"The driver is not loaded ({path} is missing): modprobe {driver}.");
    }

    private void BindToLoaded(PciFunction function, string driver)
    {
        var previous = function.Driver;
        var previousOverride = function.DriverOverride;
        var isBound = string.Equals(previous, driver, StringComparison.Ordinal);
        if (!isBound || !string.Equals(previousOverride, driver, StringComparison.Ordinal))
            WriteOverride(function, driver);
        if (isBound)
            return;
        try
        {
            if (previous is not null)
                Detach(function, previous);
            Probe(function, driver);
            RequireBound(function, driver);
        }
        catch (LinuxException)
        {
            RollBack(function, driver, previousOverride);
            throw;
        }

        BindingLog.Bound(_logger, function.Address, driver, previous ?? None);
    }

    private static void CheckName(string driver)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(driver);
        if (driver.Any(static c => char.IsWhiteSpace(c) || c is '/' or '\0') || driver is "." or "..")
            throw new ArgumentException($"'{driver}' is no driver's name", nameof(driver));
    }

    private static void RequireBound(PciFunction function, string driver)
    {
        // The kernel reports success when no driver matched, so only the link tells.
        var now = function.Driver;
        if (!string.Equals(now, driver, StringComparison.Ordinal))
        {
            throw new LinuxException(
                Errno.ENODEV,
                "bind",
                $"{function.Address} to {driver}",
                $"The driver did not take the function, which has {now ?? None}: the kernel's log says why (dmesg | grep {function.Address}).");
        }
    }

    private static void Detach(PciFunction function, string driver)
    {
        SysfsAttribute.Write(Path.Combine(function.Sysfs.Drivers, driver, "unbind"), function.Address.ToString(), errno => errno switch
        {
            Errno.ENODEV => $"{function.Address} is no longer bound to {driver}.",
            Errno.EACCES or Errno.EPERM => "Unbinding a driver needs root.",
            _ => null,
        });
        if (function.Driver is { } left)
        {
            throw new LinuxException(
                Errno.EBUSY, "unbind", $"{function.Address} from {driver}", $"It is bound to {left} all the same: something else binds it.");
        }
    }

    private static void Probe(PciFunction function, string? driver) =>
        SysfsAttribute.Write(function.Sysfs.DriversProbe, function.Address.ToString(), errno => errno switch
        {
            Errno.EINVAL => $"Probing {driver ?? "the default driver"} for {function.Address} failed: the kernel's log says why.",
            Errno.ENODEV => $"{function.Address} is gone.",
            Errno.EACCES or Errno.EPERM => "Binding a driver needs root.",
            _ => null,
        });

    private static void WriteOverride(PciFunction function, string? driver) =>
        SysfsAttribute.Write(function.PathOf("driver_override"), driver is null ? "\n" : driver, static errno => errno switch
        {
            Errno.EACCES or Errno.EPERM => "Binding a driver needs root.",
            _ => null,
        });

    private void RollBack(PciFunction function, string driver, string? previousOverride)
    {
        try
        {
            WriteOverride(function, previousOverride);
            if (function.Driver is null)
                Probe(function, previousOverride);
            BindingLog.RolledBack(_logger, function.Address, driver, function.Driver ?? None);
        }
        catch (LinuxException failure)
        {
            // The caller gets the failure that made this necessary; this one is the log's.
            BindingLog.RollBackFailed(_logger, failure, function.Address);
        }
    }
}
