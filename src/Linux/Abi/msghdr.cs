namespace Devices.Linux.Abi;

/// <summary>On 64-bit Linux the compiler pads after <c>msg_namelen</c> and <c>msg_flags</c>.</summary>
internal unsafe struct msghdr
{
    internal void* msg_name;
    internal uint msg_namelen;
    internal iovec* msg_iov;
    internal nuint msg_iovlen;
    internal void* msg_control;
    internal nuint msg_controllen;
    internal int msg_flags;
}
