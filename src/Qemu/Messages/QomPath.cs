namespace Devices.Qemu;

/// <summary>What <c>qom-list</c> takes.</summary>
internal sealed record QomPath(string Path);
