using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.LiveUpdate.Abi;

// include/uapi/linux/liveupdate.h. Every number is _IO(): the size travels in the struct, not in the request.

internal static class LIVEUPDATE
{
    internal const byte LIVEUPDATE_IOCTL_TYPE = 0xBA;
    internal const int LIVEUPDATE_SESSION_NAME_LENGTH = 64;

    internal const byte LIVEUPDATE_CMD_CREATE_SESSION = 0x00;
    internal const byte LIVEUPDATE_CMD_RETRIEVE_SESSION = 0x01;
    internal const byte LIVEUPDATE_CMD_SESSION_PRESERVE_FD = 0x40;
    internal const byte LIVEUPDATE_CMD_SESSION_RETRIEVE_FD = 0x41;
    internal const byte LIVEUPDATE_CMD_SESSION_FINISH = 0x42;
    internal const byte LIVEUPDATE_CMD_SESSION_GET_NAME = 0x43;
}

[InlineArray(LIVEUPDATE.LIVEUPDATE_SESSION_NAME_LENGTH)]
internal struct liveupdate_session_name
{
    private byte e0;
}

[StructLayout(LayoutKind.Sequential)]
internal struct liveupdate_ioctl_create_session : IIoctl
{
    internal uint size;
    internal int fd;
    internal liveupdate_session_name name;

    public static uint Request => Ioctl.IO(LIVEUPDATE.LIVEUPDATE_IOCTL_TYPE, LIVEUPDATE.LIVEUPDATE_CMD_CREATE_SESSION);

    public static string Name => "LIVEUPDATE_IOCTL_CREATE_SESSION";
}

[StructLayout(LayoutKind.Sequential)]
internal struct liveupdate_ioctl_retrieve_session : IIoctl
{
    internal uint size;
    internal int fd;
    internal liveupdate_session_name name;

    public static uint Request => Ioctl.IO(LIVEUPDATE.LIVEUPDATE_IOCTL_TYPE, LIVEUPDATE.LIVEUPDATE_CMD_RETRIEVE_SESSION);

    public static string Name => "LIVEUPDATE_IOCTL_RETRIEVE_SESSION";
}

[StructLayout(LayoutKind.Sequential)]
internal struct liveupdate_session_preserve_fd : IIoctl
{
    internal uint size;
    internal int fd;
    internal ulong token;

    public static uint Request => Ioctl.IO(LIVEUPDATE.LIVEUPDATE_IOCTL_TYPE, LIVEUPDATE.LIVEUPDATE_CMD_SESSION_PRESERVE_FD);

    public static string Name => "LIVEUPDATE_SESSION_PRESERVE_FD";
}

[StructLayout(LayoutKind.Sequential)]
internal struct liveupdate_session_retrieve_fd : IIoctl
{
    internal uint size;
    internal int fd;
    internal ulong token;

    public static uint Request => Ioctl.IO(LIVEUPDATE.LIVEUPDATE_IOCTL_TYPE, LIVEUPDATE.LIVEUPDATE_CMD_SESSION_RETRIEVE_FD);

    public static string Name => "LIVEUPDATE_SESSION_RETRIEVE_FD";
}

[StructLayout(LayoutKind.Sequential)]
internal struct liveupdate_session_finish : IIoctl
{
    internal uint size;
    internal uint reserved;

    public static uint Request => Ioctl.IO(LIVEUPDATE.LIVEUPDATE_IOCTL_TYPE, LIVEUPDATE.LIVEUPDATE_CMD_SESSION_FINISH);

    public static string Name => "LIVEUPDATE_SESSION_FINISH";
}

[StructLayout(LayoutKind.Sequential)]
internal struct liveupdate_session_get_name : IIoctl
{
    internal uint size;
    internal uint reserved;
    internal liveupdate_session_name name;

    public static uint Request => Ioctl.IO(LIVEUPDATE.LIVEUPDATE_IOCTL_TYPE, LIVEUPDATE.LIVEUPDATE_CMD_SESSION_GET_NAME);

    public static string Name => "LIVEUPDATE_SESSION_GET_NAME";
}
