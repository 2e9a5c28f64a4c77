using System.Globalization;

namespace Devices.LiveUpdate;

/// <summary>Under which user this process runs.</summary>
internal static class ProcessIdentity
{
    // Read once: a keeper that has run out of descriptors can open no file.
    private static readonly uint s_effectiveUserId = ReadEffectiveUserId();

    /// <summary>Whether a process under that user may be trusted with descriptors: root, or this process's own user.</summary>
    internal static bool Trusts(uint userId) => userId == 0 || userId == s_effectiveUserId;

    // The second number of the "Uid:" line.
    private static uint ReadEffectiveUserId()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
                return uint.Parse(line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[2], NumberStyles.None, CultureInfo.InvariantCulture);
        }
        throw new InvalidDataException("/proc/self/status has no Uid line.");
    }
}
