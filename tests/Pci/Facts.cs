using System.Globalization;
using System.Text.RegularExpressions;

namespace Devices.Tests.Pci;

/// <summary>Compares what lspci printed with what we decode, one printed value at a time, and counts.</summary>
internal sealed class Facts(string source)
{
    private readonly List<string> _mismatches = [];

    public int Count { get; private set; }

    public IReadOnlyList<string> Mismatches => _mismatches;

    /// <summary>A value that lspci printed.</summary>
    public void Same<T>(string what, T printed, T ours)
    {
        Count++;
        if (!EqualityComparer<T>.Default.Equals(printed, ours))
            _mismatches.Add($"{source}: {what}: lspci printed {printed}, decoded {ours}");
    }

    /// <summary>A flag "Name+" or "Name-", where lspci's text has it.</summary>
    public void Flag(string what, string text, string name, bool ours)
    {
        var match = Regex.Match(text, $@"(?<![\w.]){Regex.Escape(name)}([+-])(?![\w])", RegexOptions.None, TimeSpan.FromSeconds(1));
        if (match.Success)
            Same($"{what} {name}", match.Groups[1].ValueSpan is "+", ours);
    }

    /// <summary>A number that follows a pattern, in some base, where lspci's text has it.</summary>
    public void Number(string what, string text, string pattern, ulong ours, bool hex = false)
    {
        if (Find(text, pattern) is { } printed)
            Same(what, ulong.Parse(printed, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture), ours);
    }

    /// <summary>A text that a pattern finds, where lspci's text has it.</summary>
    public void Text(string what, string text, string pattern, string ours)
    {
        if (Find(text, pattern) is { } printed)
            Same(what, printed.Trim(), ours);
    }

    /// <summary>What the first group of a pattern finds in lspci's text, or null.</summary>
    public static string? Find(string text, string pattern)
    {
        var match = Regex.Match(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        return match.Success ? match.Groups[1].Value : null;
    }
}
