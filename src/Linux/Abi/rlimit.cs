namespace Devices.Linux.Abi;

internal struct rlimit
{
    internal ulong rlim_cur;
    internal ulong rlim_max;
}
