namespace Devices.Cli;

/// <summary>Memory for a session, and the file that it is: <c>ram=/proc/self/fd/5</c>.</summary>
internal sealed record SessionFile(string Name, string Path);
