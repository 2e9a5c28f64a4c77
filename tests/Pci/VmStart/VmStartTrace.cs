using System.Globalization;
using System.Text;

namespace Devices.VmStart;

/// <summary>
/// The accesses to a device's configuration space while a VM starts, and the device as VFIO showed it before: text, made by <c>Devices.HwTests record-vm-start</c>.
/// </summary>
/// <param name="Config">All bytes of the configuration space.</param>
/// <param name="BarSizes">The sizes of its BARs in bytes, by index.</param>
/// <param name="Accesses">The accesses in their order.</param>
/// <remarks>
/// Lines: <c># comment</c>; <c>config OFFSET BYTES...</c>, rows of zeros left out; <c>bar INDEX SIZE</c>; <c>PHASE r OFFSET LENGTH</c>;
/// <c>PHASE e OFFSET LENGTH</c>, a read that the VMM answered itself; <c>PHASE w OFFSET LENGTH VALUE</c>. Numbers are hexadecimal.
/// </remarks>
public sealed record VmStartTrace(ReadOnlyMemory<byte> Config, IReadOnlyDictionary<int, ulong> BarSizes, IReadOnlyList<VmStartAccess> Accesses)
{
    private const int Row = 16;
    private const int ConfigBytes = 4096;

    /// <summary>The file of the trace that goes with the program.</summary>
    public static string Recorded => Path.Combine(AppContext.BaseDirectory, "Pci", "VmStart", "nvme-vf-seabios.trace");

    /// <summary>The same without what the VMM answered itself: what it asked VFIO.</summary>
    public VmStartTrace AskedOfVfio => this with { Accesses = [.. Accesses.Where(static access => !access.IsEmulated)] };

    /// <summary>Reads a trace.</summary>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="FormatException">A line is none of a trace.</exception>
    public static VmStartTrace Parse(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var config = new byte[ConfigBytes];
        var bars = new Dictionary<int, ulong>();
        var accesses = new List<VmStartAccess>();
        foreach (var line in lines.Where(static line => line.Length > 0 && line[0] != '#'))
        {
            var words = line.Split(' ');
            switch (words)
            {
                case ["config", var at, .. var bytes]:
                    Convert.FromHexString(string.Concat(bytes)).CopyTo(config.AsSpan(Number(at)));
                    break;
                case ["bar", var index, var size]:
                    bars.Add(Number(index), ulong.Parse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    break;
                case [var phase, "r" or "e", var offset, var length]:
                    accesses.Add(new VmStartAccess(Enum.Parse<VmStartPhase>(phase, ignoreCase: true), Number(offset), Number(length), null, words[1] == "e"));
                    break;
                case [var phase, "w", var offset, var length, var value]:
                    accesses.Add(new VmStartAccess(Enum.Parse<VmStartPhase>(phase, ignoreCase: true), Number(offset), Number(length), (uint)Number(value)));
                    break;
                default:
                    throw new FormatException($"\"{line}\" is no line of a trace.");
            }
        }

        return new VmStartTrace(config, bars, accesses);
    }

    /// <summary>Writes a trace.</summary>
    /// <param name="comments">What stands before it: how it was made.</param>
    /// <returns>The text.</returns>
    public string Format(IEnumerable<string> comments)
    {
        ArgumentNullException.ThrowIfNull(comments);
        var text = new StringBuilder();
        foreach (var comment in comments) text.Append(CultureInfo.InvariantCulture, $"# {comment}\n");
        for (var at = 0; at < Config.Length; at += Row)
        {
            var row = Config.Span.Slice(at, Row);
            if (row.ContainsAnyExcept((byte)0)) text.Append(CultureInfo.InvariantCulture, $"config {at:x3} {Convert.ToHexStringLower(row)}\n");
        }

        foreach (var (index, size) in BarSizes.OrderBy(static bar => bar.Key)) text.Append(CultureInfo.InvariantCulture, $"bar {index} {size:x}\n");
        foreach (var access in Accesses)
        {
            text.Append(CultureInfo.InvariantCulture, $"{access.Phase.ToString().ToLowerInvariant()} {(access.Written is not null ? 'w' : access.IsEmulated ? 'e' : 'r')} {access.Offset:x3} {access.Length:x}");
            if (access.Written is { } written) text.Append(CultureInfo.InvariantCulture, $" {written:x}");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static int Number(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
