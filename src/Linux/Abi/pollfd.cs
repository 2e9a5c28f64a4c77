namespace Devices.Linux.Abi;

internal struct pollfd
{
    internal int fd;
    internal short events;
    internal short revents;
}
