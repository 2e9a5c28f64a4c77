namespace Devices.Linux.Abi;

internal unsafe struct iovec
{
    internal void* iov_base;
    internal nuint iov_len;
}
