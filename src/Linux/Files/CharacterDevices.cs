namespace Devices.Linux;

/// <summary>The drivers that have registered character devices (<c>/proc/devices</c>).</summary>
public static class CharacterDevices
{
    private const string Path = "/proc/devices";

    /// <summary>Reads the drivers' names: <c>vfio</c>, <c>vfio-dev</c>. Those of block devices, which the file has too, are among them.</summary>
    /// <exception cref="LinuxException">ENOMEM, EMFILE, ENFILE: what is there cannot be told now.</exception>
    public static IReadOnlySet<string> Drivers() =>
        KernelFile.ReadText(Path).Split('\n').Select(static line => line.Trim().Split(' ')[^1]).ToHashSet(StringComparer.Ordinal);
}
