using System.Runtime.InteropServices;

namespace Devices.Linux;

/// <summary>An event of <see cref="Epoll"/> (<c>struct epoll_event</c>, packed on x86-64).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct EpollEvent(EpollEvents Events, ulong Token);
