using System.Text;
using Devices.Linux.Abi;

namespace Devices.Linux;

/// <summary>
/// A hardware watchdog at work: it resets the machine unless it is told in time that all is well (<see cref="KeepAlive"/>). Only
/// <see cref="TryStop"/> ends that; closed, by <see cref="Dispose"/> or with its process, it goes on.
/// </summary>
/// <remarks><c>Documentation/watchdog/watchdog-api.rst</c>. A watchdog has one opener at a time.</remarks>
public sealed unsafe class Watchdog : IDisposable
{
    private const string StopOnReboot = "/sys/module/watchdog/parameters/stop_on_reboot";
    private readonly FileDescriptor _file;

    private Watchdog(FileDescriptor file, watchdog_info info)
    {
        _file = file;
        var identity = ((ReadOnlySpan<byte>)info.identity).TrimEnd((byte)0);
        Identity = Encoding.ASCII.GetString(identity);
        IsAlarmOnly = (info.options & WDIOC.WDIOF_ALARMONLY) != 0;
    }

    /// <summary>What the driver calls it.</summary>
    /// <remarks><c>WDIOC_GETSUPPORT</c>.</remarks>
    public string Identity { get; }

    /// <summary>Whether it raises an alarm somewhere and resets nothing.</summary>
    public bool IsAlarmOnly { get; }

    /// <summary>The time without <see cref="KeepAlive"/> after which it resets the machine, in whole seconds. Hardware may take a little longer.</summary>
    /// <remarks><c>WDIOC_GETTIMEOUT</c>.</remarks>
    /// <exception cref="LinuxException">EOPNOTSUPP: the driver does not tell.</exception>
    public TimeSpan Timeout => TimeSpan.FromSeconds(Call(WDIOC.WDIOC_GETTIMEOUT, nameof(WDIOC.WDIOC_GETTIMEOUT), 0));

    /// <summary>
    /// Whether this kernel leaves watchdogs running when it ends, by a kexec too. Without <c>watchdog.stop_on_reboot=0</c> on its command line many
    /// drivers stop theirs then.
    /// </summary>
    /// <remarks><c>/sys/module/watchdog/parameters/stop_on_reboot</c>.</remarks>
    public static bool OutlivesKernel => KernelFile.TryReadText(StopOnReboot, out _)?.Trim() == "0";

    /// <summary>Opens a watchdog, which starts it with the timeout that it has.</summary>
    /// <param name="path">Its device file, such as <c>/dev/watchdog0</c>.</param>
    /// <exception cref="LinuxException">EBUSY: another process has it open, often the service manager (<c>RuntimeWatchdogSec=</c>).</exception>
    public static Watchdog Start(string path)
    {
        var file = FileDescriptor.Open(path, OpenMode.WriteOnly, "A watchdog has one opener. If it is the service manager (RuntimeWatchdogSec=), its watchdog goes through the jump by itself: leave this one out.");
        try
        {
            var info = default(watchdog_info);
            Ioctl.Call(file, ref info);
            return new Watchdog(file, info);
        }
        catch
        {
            file.Dispose(); // it runs now, and who started it is told of the failure
            throw;
        }
    }

    /// <summary>Sets the timeout, and begins it anew.</summary>
    /// <param name="timeout">At least a second; rounded up to whole seconds.</param>
    /// <returns>The timeout that the hardware took, which may be another.</returns>
    /// <remarks><c>WDIOC_SETTIMEOUT</c>.</remarks>
    /// <exception cref="LinuxException">EINVAL: out of the hardware's range; EOPNOTSUPP: it cannot be set.</exception>
    public TimeSpan SetTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.FromSeconds(1));
        return TimeSpan.FromSeconds(Call(WDIOC.WDIOC_SETTIMEOUT, nameof(WDIOC.WDIOC_SETTIMEOUT), (int)Math.Ceiling(timeout.TotalSeconds)));
    }

    /// <summary>Tells it that all is well: the timeout begins anew.</summary>
    /// <remarks><c>WDIOC_KEEPALIVE</c>.</remarks>
    public void KeepAlive() => Call(WDIOC.WDIOC_KEEPALIVE, nameof(WDIOC.WDIOC_KEEPALIVE), 0);

    /// <summary>Stops it.</summary>
    /// <returns>False if it cannot be stopped (<c>nowayout</c>): somebody has to go on telling it that all is well.</returns>
    /// <remarks><c>WDIOC_SETOPTIONS</c> with <c>WDIOS_DISABLECARD</c>.</remarks>
    /// <exception cref="LinuxException">The driver failed at it.</exception>
    public bool TryStop()
    {
        var argument = WDIOC.WDIOS_DISABLECARD;
        var errno = Ioctl.TryPointer(_file, WDIOC.WDIOC_SETOPTIONS, &argument, out _);
        return errno switch
        {
            Errno.None => true,
            Errno.EBUSY => false,
            _ => throw new LinuxException(errno, nameof(WDIOC.WDIOC_SETOPTIONS), _file.Subject),
        };
    }

    /// <summary>Closes it; it goes on unless it was stopped.</summary>
    public void Dispose() => _file.Dispose();

    private int Call(uint request, string name, int argument)
    {
        var errno = Ioctl.TryPointer(_file, request, &argument, out _);
        return errno == Errno.None ? argument : throw new LinuxException(errno, name, _file.Subject);
    }
}
