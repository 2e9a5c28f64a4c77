using System.Globalization;
using System.Text;

namespace Devices.Pci;

/// <summary>Names of vendors and devices, from the system's <c>pci.ids</c>. Read when the first name is asked for; without the file there are none.</summary>
/// <remarks>Safe to use from several threads.</remarks>
public sealed class PciNames
{
    private static readonly string[] s_paths = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"];

    // A name is cut out of the file when it is asked for: 20,000 strings would be made for the five that a host needs.
    private readonly Lazy<(byte[] Text, Dictionary<ushort, Range> Vendors)> _file;

    private PciNames(Func<byte[]> read) => _file = new(() =>
    {
        var text = read();
        return (text, IndexOf(text));
    });

    /// <summary>The names that the system has: Debian's <c>/usr/share/misc/pci.ids</c>, or <c>/usr/share/hwdata/pci.ids</c>.</summary>
    public static PciNames System { get; } = new(static () => s_paths.FirstOrDefault(File.Exists) is { } path ? File.ReadAllBytes(path) : []);

    /// <summary>Reads names.</summary>
    /// <param name="text">The text of a <c>pci.ids</c>.</param>
    /// <returns>The names.</returns>
    public static PciNames Parse(string text) => new(() => Encoding.UTF8.GetBytes(text));

    /// <summary>The name of a vendor.</summary>
    /// <param name="vendorId">Its id.</param>
    /// <returns>The name, or null if it is not known.</returns>
    public string? Vendor(ushort vendorId) =>
        _file.Value.Vendors.TryGetValue(vendorId, out var block) ? NameIn(FirstLine(_file.Value.Text.AsSpan(block))) : null;

    /// <summary>The name of a device.</summary>
    /// <param name="vendorId">Its vendor's id.</param>
    /// <param name="deviceId">Its id.</param>
    /// <returns>The name without the vendor's, or null if it is not known.</returns>
    public string? Device(ushort vendorId, ushort deviceId)
    {
        if (!_file.Value.Vendors.TryGetValue(vendorId, out var block))
            return null;
        for (ReadOnlySpan<byte> rest = _file.Value.Text.AsSpan(block); !rest.IsEmpty; rest = AfterFirstLine(rest))
        {
            // A device has one tab before its id, a subsystem two, the vendor none.
            if (rest is [(byte)'\t', not (byte)'\t', ..] && TryId(rest[1..], out var id) && id == deviceId)
                return NameIn(FirstLine(rest[1..]));
        }

        return null;
    }

    // Each vendor with the lines of its devices. What follows the vendors begins with a letter and a blank: "C 00  Unclassified device".
    private static Dictionary<ushort, Range> IndexOf(ReadOnlySpan<byte> text)
    {
        var vendors = new Dictionary<ushort, Range>();
        (ushort Id, int Start)? open = null;
        for (var rest = text; !rest.IsEmpty; rest = AfterFirstLine(rest))
        {
            var position = text.Length - rest.Length;
            if (rest[0] is (byte)'\t' or (byte)'#' or (byte)'\n' or (byte)'\r')
                continue;
            Close(position);
            open = TryId(rest, out var id) ? (id, position) : null;
        }

        Close(text.Length);
        return vendors;

        void Close(int end)
        {
            if (open is { } vendor)
                vendors[vendor.Id] = vendor.Start..end;
        }
    }

    // "8086  Intel Corporation": four digits, two blanks, the name.
    private static bool TryId(ReadOnlySpan<byte> line, out ushort id)
    {
        id = 0;
        return line.Length > 5
            && line[4] == (byte)' '
            && ushort.TryParse(line[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }

    private static string NameIn(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[4..]).Trim();

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n') is >= 0 and var end ? text[..end] : text;

    private static ReadOnlySpan<byte> AfterFirstLine(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n') is >= 0 and var end ? text[(end + 1)..] : [];
}
