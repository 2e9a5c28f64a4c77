using Devices.Linux;
using Microsoft.Extensions.Logging;

namespace Devices.Pci;

/// <summary>Which ways of resetting a function the kernel may use, in order (sysfs <c>reset_method</c>).</summary>
/// <remarks>
/// The setting belongs to the kernel's device: it survives unbinding, not remove and rescan, re-creation of a VF, or a kexec. Clearing it
/// keeps the next open of a VFIO device from resetting it; it does <b>not</b> protect against close, which then resets the slot or bus
/// if every open device there is VFIO's, and a hot reset does not ask it. Before a device goes to another client:
/// <see cref="RestoreDefault"/>, then an open and a close, which resets it.
/// </remarks>
public sealed class ResetMethods
{
    private readonly PciFunction _function;
    private readonly string _path;

    internal ResetMethods(PciFunction function)
    {
        _function = function;
        _path = function.PathOf("reset_method");
    }

    /// <summary>The names that the kernel knows, in its default order.</summary>
    public static IReadOnlyList<string> KnownNames { get; } = ["device_specific", "acpi", "flr", "af_flr", "pm", "bus", "cxl_bus"];

    /// <summary>Whether the attribute exists. Without it the function has no reset method: as good as cleared.</summary>
    public bool HasFile => SysfsAttribute.Exists(_path);

    /// <summary>The methods that may be used, in order; empty when cleared or when there is none.</summary>
    public IReadOnlyList<string> Current => SysfsAttribute.ReadOptional(_path)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Whether the kernel has no way left to reset the function alone.</summary>
    public bool IsCleared => Current.Count == 0;

    /// <summary>Takes all methods away, so that opening the function through VFIO does not reset it. Nothing to do without the file.</summary>
    /// <param name="logger">Told of the change, or null.</param>
    /// <exception cref="LinuxException">The kernel refused, or methods are left after the write.</exception>
    public void Clear(ILogger? logger = null)
    {
        if (!HasFile)
            return;

        // A zero-length write would do nothing: the kernel never sees it.
        Write("\n");
        if (Current is { Count: > 0 } left)
            throw new LinuxException(Errno.EIO, "write", _path, $"The kernel still has reset methods after they were cleared: {string.Join(' ', left)}.");
        if (logger is not null)
            BindingLog.ResetMethodsCleared(logger, _function.Address);
    }

    /// <summary>Has the kernel find out again which methods the function has, and use them in its own order.</summary>
    /// <param name="logger">Told of the change, or null.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void RestoreDefault(ILogger? logger = null)
    {
        if (!HasFile)
            return;
        Write("default");
        if (logger?.IsEnabled(LogLevel.Information) == true)
            BindingLog.ResetMethodsSet(logger, _function.Address, Current);
    }

    /// <summary>Sets the methods and their order.</summary>
    /// <param name="names">One or more of <see cref="KnownNames"/>; each must work for the function.</param>
    /// <param name="logger">Told of the change, or null.</param>
    /// <exception cref="ArgumentException">No name is given, or the kernel knows no such method.</exception>
    /// <exception cref="LinuxException">The kernel refused: the function cannot be reset in such a way.</exception>
    public void Set(IReadOnlyList<string> names, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
            throw new ArgumentException("No reset method is given: to take all away, clear them", nameof(names));
        if (names.FirstOrDefault(static name => !KnownNames.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw new ArgumentException($"'{unknown}' is no reset method: the kernel knows {string.Join(", ", KnownNames)}", nameof(names));
        Write(string.Join(' ', names));
        if (logger?.IsEnabled(LogLevel.Information) == true)
            BindingLog.ResetMethodsSet(logger, _function.Address, Current);
    }

    private void Write(string value) =>
        SysfsAttribute.Write(_path, value, errno => errno switch
        {
            Errno.EINVAL => "The function does not support one of these methods.",
            Errno.ENOENT => $"{_function.Address} has no reset method.",
            Errno.ENXIO => "The function cannot be brought to D0.",
            Errno.EACCES or Errno.EPERM => "Changing reset methods needs root.",
            _ => null,
        });
}
