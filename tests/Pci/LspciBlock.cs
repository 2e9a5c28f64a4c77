using System.Globalization;
using System.Text.RegularExpressions;

namespace Devices.Tests.Pci;

/// <summary>A capability as lspci printed it.</summary>
internal sealed partial record LspciBlock(int Offset, int? Version, string Title, string Body)
{
    private static readonly string[] Labels =
    [
        "DevCap", "DevCtl", "DevSta", "LnkCap", "LnkCtl", "LnkSta", "SltCap", "SltCtl", "SltSta", "RootCtl", "RootCap", "RootSta", "RootCmd",
        "DevCap2", "DevCtl2", "LnkCap2", "LnkCtl2", "LnkSta2", "AtomicOpsCap", "AtomicOpsCtl", "UESta", "UEMsk", "UESvrt", "CESta", "CEMsk", "AERCap",
        "HeaderLog", "ErrorSrc", "ACSCap", "ACSCtl", "ATSCap", "ATSCtl", "ARICap", "ARICtl", "IOVCap", "IOVCtl", "IOVSta", "Flags", "Address", "Masking",
    ];

    /// <summary>The blocks of one function's text, in its order.</summary>
    public static IReadOnlyList<LspciBlock> Parse(string decoded)
    {
        var blocks = new List<LspciBlock>();
        Match? open = null;
        var depth = 0;
        var body = new List<string>();

        void Close()
        {
            if (open is null)
                return;
            blocks.Add(new LspciBlock(
                int.Parse(open.Groups["offset"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                open.Groups["version"].Success ? int.Parse(open.Groups["version"].ValueSpan, CultureInfo.InvariantCulture) : null,
                open.Groups["title"].Value,
                string.Join('\n', body)));
            open = null;
            body.Clear();
        }

        foreach (var line in decoded.Split('\n'))
        {
            var indent = Indent(line);
            var match = Capability().Match(line);
            if (match.Success)
            {
                Close();
                open = match;
                depth = indent;
            }
            else if (indent > depth && open is not null)
            {
                body.Add(line.Trim());
            }
            else
            {
                Close();
            }
        }

        Close();
        return blocks;
    }

    /// <summary>The text under a label, up to the next one; empty if lspci did not print it.</summary>
    public string Section(string label)
    {
        var found = new List<string>();
        var inside = false;
        foreach (var line in Body.Split('\n'))
        {
            var start = Array.Find(Labels, name => line.StartsWith(name + ":", StringComparison.Ordinal));
            if (start is not null)
                inside = string.Equals(start, label, StringComparison.Ordinal);
            if (inside)
                found.Add(start is null ? line : line[(start.Length + 1)..].Trim());
        }

        return string.Join('\n', found);
    }

    [GeneratedRegex(@"^\s*Capabilities: \[(?<offset>[0-9a-f]+)(?: v(?<version>\d+))?\] (?<title>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Capability();

    private static int Indent(string line)
    {
        var columns = 0;
        foreach (var character in line)
        {
            if (character == '\t')
                columns = (columns / 8 * 8) + 8;
            else if (character == ' ')
                columns++;
            else
                return columns;
        }

        return 0;
    }
}
