using System.Globalization;
using System.Text;

namespace Devices.Pci;

/// <summary>
/// The configuration space of one function out of a text in the format of <c>lspci -x</c>, <c>-xxx</c> or <c>-xxxx</c>: 64, 256 or 4096 bytes. Such a
/// text can hold several functions, and what lspci decoded of each.
/// </summary>
public sealed class ConfigSpaceDump : IPciConfigSpace
{
    private const int BytesOfLine = 16;

    private ConfigSpaceDump(PciAddress address, string heading, string decoded, ConfigSpaceSnapshot snapshot)
    {
        Address = address;
        Heading = heading;
        Decoded = decoded;
        Snapshot = snapshot;
    }

    /// <summary>The function's address.</summary>
    public PciAddress Address { get; }

    /// <summary>The first line: address, class and names.</summary>
    public string Heading { get; }

    /// <summary>What lspci decoded: the lines between the first one and the bytes; empty without <c>-v</c>.</summary>
    public string Decoded { get; }

    /// <summary>The bytes.</summary>
    public ConfigSpaceSnapshot Snapshot { get; }

    /// <inheritdoc/>
    public int Length => Snapshot.Length;

    /// <inheritdoc/>
    public ConfigSpaceView View => Snapshot.View;

    /// <inheritdoc/>
    public string Subject => Snapshot.Subject;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>Its functions, in the file's order.</returns>
    /// <exception cref="FormatException">The file is no such dump.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<ConfigSpaceDump> Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllText(path), Path.GetFileName(path));
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Where it is from, for messages.</param>
    /// <returns>Its functions, in the text's order; empty if there are none.</returns>
    /// <exception cref="FormatException">Bytes are missing, or come before the first function, or are too many.</exception>
    public static IReadOnlyList<ConfigSpaceDump> Parse(string text, string source = "dump")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(source);
        var found = new List<ConfigSpaceDump>();
        Builder? current = null;
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.TrimEnd();
            if (TryBytes(line, out var offset, out var bytes))
            {
                if (current is null)
                    throw new FormatException($"{source}:{number}: bytes without a function before them");
                current.Append(offset, bytes, source, number);
            }
            else if (TryHeading(line, out var address))
            {
                current?.AddTo(found, source);
                current = new Builder(address, line.ToString());
            }
            else
            {
                current?.Decoded.Append(line).Append('\n');
            }
        }

        current?.AddTo(found, source);
        return found;
    }

    /// <summary>
    /// Writes bytes in this format, so that lspci reads them: <c>lspci -vv -F FILE</c>. What is not of the raw view says so at the end of the first line, which
    /// lspci does not read.
    /// </summary>
    /// <param name="address">The function's address.</param>
    /// <param name="space">Its configuration space, which is read whole.</param>
    /// <returns>The text, ending in an empty line.</returns>
    public static string Format(PciAddress address, IPciConfigSpace space)
    {
        var snapshot = ConfigSpaceSnapshot.Capture(space);
        var bytes = snapshot.Bytes.Span;
        var text = new StringBuilder();
        var header = bytes.Length >= PciRegs.PCI_STD_HEADER_SIZEOF ? PciHeader.Read(snapshot) : null;
        text.Append(CultureInfo.InvariantCulture, $"{address} ");
        if (header is not null)
            text.Append(CultureInfo.InvariantCulture, $"Class {header.ClassCode.BaseAndSubClass:x4}: {header.VendorId:x4}:{header.DeviceId:x4} (rev {header.Revision:x2})");
        text.Append(Mark(space.View)).Append('\n');
        for (var offset = 0; offset < bytes.Length; offset += BytesOfLine)
        {
            text.Append(CultureInfo.InvariantCulture, $"{offset:x2}:");
            foreach (var value in bytes[offset..Math.Min(offset + BytesOfLine, bytes.Length)])
                text.Append(CultureInfo.InvariantCulture, $" {value:x2}");
            text.Append('\n');
        }

        return text.Append('\n').ToString();
    }

    /// <inheritdoc/>
    public void Read(int offset, Span<byte> destination) => Snapshot.Read(offset, destination);

    /// <summary>Not possible: a dump does not change.</summary>
    /// <inheritdoc/>
    public void Write(int offset, ReadOnlySpan<byte> source) => throw new NotSupportedException($"{Subject}: a dump of configuration space cannot be written");

    private static string Mark(ConfigSpaceView view) => view switch
    {
        ConfigSpaceView.Vfio => " [view: vfio]",
        ConfigSpaceView.Logical => " [view: logical]",
        _ => string.Empty,
    };

    // "0000:01:00.0 Class ..." or "01:00.0 ...", at the start of a line.
    private static bool TryHeading(ReadOnlySpan<char> line, out PciAddress address)
    {
        var end = line.IndexOf(' ');
        return PciAddress.TryParse(end < 0 ? line : line[..end], out address);
    }

    // "100: 01 00 ..."; an address has no blank after its first colon.
    private static bool TryBytes(ReadOnlySpan<char> line, out int offset, out byte[] bytes)
    {
        bytes = [];
        offset = 0;
        var colon = line.IndexOf(':');
        if (colon is < 2 or > 3
            || !int.TryParse(line[..colon], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out offset)
            || !line[(colon + 1)..].StartsWith(" ", StringComparison.Ordinal))
        {
            return false;
        }

        var values = new List<byte>(BytesOfLine);
        foreach (var range in line[(colon + 2)..].Split(' '))
        {
            var digits = line[(colon + 2)..][range];
            if (digits.Length != 2 || !byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return false;
            values.Add(value);
        }

        bytes = [.. values];
        return true;
    }

    private sealed class Builder(PciAddress address, string heading)
    {
        private readonly List<byte> _bytes = [];

        public StringBuilder Decoded { get; } = new();

        public void Append(int offset, byte[] bytes, string source, int line)
        {
            if (offset != _bytes.Count)
                throw new FormatException($"{source}:{line}: {address}: bytes of offset 0x{offset:x} where 0x{_bytes.Count:x} was expected");
            if (_bytes.Count + bytes.Length > PciRegs.PCI_CFG_SPACE_EXP_SIZE)
                throw new FormatException($"{source}:{line}: {address}: more than {PciRegs.PCI_CFG_SPACE_EXP_SIZE} bytes");
            _bytes.AddRange(bytes);
        }

        // A function that lspci could not read has a heading and no bytes: not part of the dump.
        public void AddTo(List<ConfigSpaceDump> found, string source)
        {
            if (_bytes.Count == 0)
                return;
            var view = Enum.GetValues<ConfigSpaceView>().LastOrDefault(view => heading.EndsWith(Mark(view), StringComparison.Ordinal));
            found.Add(new ConfigSpaceDump(address, heading, Decoded.ToString(), ConfigSpaceSnapshot.FromBytes([.. _bytes], $"{source}: {address}", view)));
        }
    }
}
