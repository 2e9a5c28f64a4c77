namespace Devices.Linux;

/// <summary>A descriptor that the service manager passed to this process when it started it: a socket that it listens on, or one that the process gave it to keep.</summary>
/// <param name="Name">What the manager calls it: <c>FileDescriptorName=</c> of a socket unit, or the name that it was stored by; several may have the same.</param>
/// <param name="Fd">The descriptor, close-on-exec; whoever took it owns it.</param>
public sealed record PassedFd(string Name, FileDescriptor Fd);
