namespace Devices.Broker;

/// <summary>Names of systemd's units, and the unit of a process.</summary>
internal static class SystemdUnit
{
    private const int LongestName = 255; // UNIT_NAME_MAX
    private const string Unified = "0::/";

    /// <summary>Whether a name is that of a unit which has processes: a service or a scope.</summary>
    internal static bool IsName(string name) =>
        name.Length <= LongestName
        && Path.GetFileNameWithoutExtension(name).Length > 0
        && (name.EndsWith(".service", StringComparison.Ordinal) || name.EndsWith(".scope", StringComparison.Ordinal))
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_' or '.' or '\\' or '@');

    /// <summary>The template of an instance: <c>vm@.service</c> of <c>vm@one.service</c>; null for a unit that is no instance.</summary>
    internal static string? TemplateOf(string unit)
    {
        var at = unit.IndexOf('@');
        return at < 0 ? null : string.Concat(unit.AsSpan(0, at + 1), Path.GetExtension(unit.AsSpan()));
    }

    /// <summary>
    /// The unit of a process, as <c>/proc/PID/cgroup</c> has it; null if it is in none. It is the first below the slices: those further down the
    /// unit may have made itself, with whatever names.
    /// </summary>
    internal static string? OfCgroup(string cgroup)
    {
        foreach (var line in cgroup.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(Unified, StringComparison.Ordinal)) continue;
            foreach (var part in line[Unified.Length..].ToString().Split('/'))
            {
                if (!part.EndsWith(".slice", StringComparison.Ordinal)) return IsName(part) ? part : null;
            }
        }

        return null;
    }
}
