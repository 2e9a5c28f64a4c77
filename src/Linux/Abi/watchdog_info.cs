using System.Runtime.CompilerServices;

namespace Devices.Linux.Abi;

// include/uapi/linux/watchdog.h.

internal struct watchdog_info : IIoctl
{
    internal uint options;
    internal uint firmware_version;
    internal watchdog_identity identity;

    public static uint Request => Ioctl.IOR<watchdog_info>(WDIOC.WATCHDOG_IOCTL_BASE, 0);

    public static string Name => "WDIOC_GETSUPPORT";
}

[InlineArray(32)]
internal struct watchdog_identity
{
    private byte e0;
}
