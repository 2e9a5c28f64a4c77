using System.Globalization;

namespace Devices.Linux;

/// <summary>A kernel's release, as <c>uname -r</c> prints it.</summary>
public sealed record KernelRelease
{
    private const string ReleaseFile = "/proc/sys/kernel/osrelease";

    private KernelRelease(string text, Version version)
    {
        Text = text;
        Version = version;
    }

    /// <summary>The running kernel's.</summary>
    /// <remarks><c>/proc/sys/kernel/osrelease</c>, read once.</remarks>
    public static KernelRelease Running { get; } = Parse(File.ReadAllText(ReleaseFile));

    /// <summary>All of it, e.g. <c>6.12.48+deb13-amd64</c>.</summary>
    public string Text { get; }

    /// <summary>Its first two numbers, which say what interfaces it has: e.g. 6.12. A distribution may have added some to an older release.</summary>
    public Version Version { get; }

    /// <summary>Reads a release.</summary>
    /// <param name="text">Two numbers with a point between them, and anything after that.</param>
    /// <exception cref="FormatException">It does not begin with two numbers.</exception>
    public static KernelRelease Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var point = trimmed.IndexOf('.', StringComparison.Ordinal);
        var end = point + 1;
        while (end < trimmed.Length && char.IsAsciiDigit(trimmed[end])) end++;
        if (point < 0
            || !int.TryParse(trimmed.AsSpan(0, point), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(trimmed.AsSpan(point + 1, end - point - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            throw new FormatException($"'{trimmed}' is no release of Linux.");
        }

        return new KernelRelease(trimmed, new Version(major, minor));
    }

    /// <summary>The release's text.</summary>
    public override string ToString() => Text;
}
