namespace Devices.Linux.Abi;

/// <summary>include/uapi/linux/watchdog.h: the calls whose argument is an int, and what goes into it.</summary>
internal static class WDIOC
{
    internal const byte WATCHDOG_IOCTL_BASE = (byte)'W';

    internal const int WDIOF_ALARMONLY = 0x0400;
    internal const int WDIOS_DISABLECARD = 0x0001;

    internal static readonly uint WDIOC_SETOPTIONS = Ioctl.IOR<int>(WATCHDOG_IOCTL_BASE, 4);
    internal static readonly uint WDIOC_KEEPALIVE = Ioctl.IOR<int>(WATCHDOG_IOCTL_BASE, 5);
    internal static readonly uint WDIOC_SETTIMEOUT = Ioctl.IOWR<int>(WATCHDOG_IOCTL_BASE, 6);
    internal static readonly uint WDIOC_GETTIMEOUT = Ioctl.IOR<int>(WATCHDOG_IOCTL_BASE, 7);
}
