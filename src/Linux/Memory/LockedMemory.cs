using System.Globalization;

namespace Devices.Linux;

/// <summary>How much memory this process may lock or pin, and how much it does: what a DMA mapping is counted against.</summary>
/// <param name="Limit">The limit in bytes (<c>RLIMIT_MEMLOCK</c>, <c>ulimit -l</c>), or null where there is none.</param>
/// <param name="Locked">Bytes that count against the limit for this process (<c>VmLck</c>).</param>
/// <param name="Pinned">Bytes pinned for this process, by whatever account (<c>VmPin</c>).</param>
/// <param name="IsExempt">Whether the limit does not hold for this process, which has <c>CAP_IPC_LOCK</c>.</param>
/// <remarks><c>/proc/self/limits</c> and <c>/proc/self/status</c>.</remarks>
public sealed record LockedMemory(ulong? Limit, ulong Locked, ulong Pinned, bool IsExempt)
{
    private const int CapIpcLock = 14;
    private const string LimitKey = "Max locked memory";
    private const string Unlimited = "unlimited";

    /// <summary>Reads how it stands now.</summary>
    public static LockedMemory Read() => Parse(File.ReadAllText("/proc/self/limits"), File.ReadAllText("/proc/self/status"));

    internal static LockedMemory Parse(string limits, string status)
    {
        var soft = Line(limits, LimitKey).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0];
        var capabilities = ulong.Parse(Line(status, "CapEff:").Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new LockedMemory(
            soft == Unlimited ? null : ulong.Parse(soft, CultureInfo.InvariantCulture),
            Kibibytes(status, "VmLck:"),
            Kibibytes(status, "VmPin:"),
            (capabilities & (1UL << CapIpcLock)) != 0);
    }

    private static ulong Kibibytes(string status, string key)
        => ulong.Parse(Line(status, key).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture) << 10;

    private static string Line(string text, string key)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
            if (line.StartsWith(key, StringComparison.Ordinal)) return line[key.Length..].ToString();
        throw new InvalidDataException($"/proc/self has no line \"{key}\".");
    }
}
