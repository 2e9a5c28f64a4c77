using Devices.Pci;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>Whether a device can be taken away from whoever has it.</summary>
internal static class DeviceUse
{
    private const string ProcSwaps = "/proc/swaps";
    private const string SysDevBlock = "/sys/dev/block";

    /// <summary>Refuses a device with a disk that is mounted, swapped to, or part of another block device.</summary>
    internal static void RequireIdle(PciFunction function)
    {
        if (BlockUses(function).FirstOrDefault() is { } use)
            throw new UserException($"{function.Address} is in use: {use}. Unmount it first, or give --force and lose what is not written.");
    }

    /// <summary>Refuses a device that a process holds through VFIO.</summary>
    /// <param name="function">The device.</param>
    /// <param name="otherwise">What would come of it, for the message.</param>
    internal static void RequireNotHeld(PciFunction function, string otherwise)
    {
        if (VfioCdev.FindHolders(function) is { Count: > 0 } holders)
        {
            throw new UserException(
                $"{function.Address} is held through VFIO by {string.Join(", ", holders)}: {otherwise}. End it, or, for a keeper, discard the session first.");
        }
    }

    private static IEnumerable<string> BlockUses(PciFunction function)
    {
        if (!Directory.Exists(SysDevBlock) || Real(function.SysfsPath) is not { } below)
            yield break;
        var mounts = File.ReadAllLines("/proc/self/mountinfo");
        var swaps = File.Exists(ProcSwaps) ? File.ReadAllLines(ProcSwaps) : []; // a kernel may have no swap
        foreach (var link in Directory.EnumerateFileSystemEntries(SysDevBlock))
        {
            if (Real(link) is not { } disk || !disk.StartsWith(below + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                continue;
            var name = Path.GetFileName(disk);
            var number = Path.GetFileName(link);
            foreach (var mount in mounts.Select(static line => line.Split(' ')).Where(fields => fields.Length > 4 && fields[2] == number))
                yield return $"/dev/{name} is mounted on {mount[4]}";
            if (swaps.Any(line => line.StartsWith($"/dev/{name} ", StringComparison.Ordinal)))
                yield return $"/dev/{name} is swap";
            var holders = Path.Combine(disk, "holders");
            if (Directory.Exists(holders) && Directory.EnumerateFileSystemEntries(holders).Select(Path.GetFileName).FirstOrDefault() is { } holder)
                yield return $"/dev/{name} is part of /dev/{holder}";
        }
    }

    private static string? Real(string path) => new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
}
