namespace Devices.Linux.Abi;

internal struct __user_cap_header_struct
{
    internal uint version;
    internal int pid;
}
