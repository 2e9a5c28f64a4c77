using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Devices.Pci;

/// <summary>What names a register on a command line, not yet in a certain device.</summary>
/// <remarks>
/// As in <c>setpci</c>, all numbers hexadecimal, <c>0x</c> or not: a register (<c>COMMAND</c>), a capability (<c>CAP_EXP</c>, <c>ECAP_AER</c>, <c>CAP10</c> and
/// <c>ECAP0001</c> by id), the second of that id <c>@1</c>, or an offset; <c>+10</c> bytes further; <c>.b</c>, <c>.w</c> or <c>.l</c> for 1, 2 or 4 bytes. Also a name of
/// <c>linux/pci_regs.h</c>, with <c>PCI_</c> or without (<c>EXP_DEVCTL</c>), and a name of <see cref="ConfigRegister"/> (<c>PCI Express: Device Control</c>).
/// </remarks>
public sealed partial record RegisterReference
{
    private readonly Place _place;
    private readonly int _number;
    private readonly int _instance;
    private readonly int? _namedWidth;

    private RegisterReference(string text, Place place, int number, int instance, int offset, int? namedWidth)
    {
        Text = text;
        _place = place;
        _number = number;
        _instance = instance;
        Offset = offset;
        _namedWidth = namedWidth;
    }

    private enum Place
    {
        Space,
        StandardCapability,
        ExtendedCapability,
        Name,
    }

    /// <summary>What was written.</summary>
    public string Text { get; }

    /// <summary>The width to access it with: 1, 2 or 4 bytes; null for the register's own.</summary>
    public int? Width { get; init; }

    /// <summary>All names that <see cref="TryParse"/> knows by itself, in no order: for completion.</summary>
    public static IEnumerable<string> KnownNames => [.. RegisterNames.Header.Keys, .. RegisterNames.Capabilities.Keys, .. RegisterNames.InCapabilities.Keys];

    private int Offset { get; }

    /// <summary>Reads a reference.</summary>
    /// <param name="text">The text.</param>
    /// <param name="reference">The reference, or null.</param>
    /// <returns>Whether it is one. Whether a device has such a register, <see cref="Resolve"/> says.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RegisterReference? reference)
    {
        reference = null;
        if (text is null || Syntax().Match(text) is not { Success: true } match)
            return false;
        var name = match.Groups["base"].Value;
        var bare = name.StartsWith("PCI_", StringComparison.OrdinalIgnoreCase) ? name["PCI_".Length..] : name;
        var instance = Hex(match.Groups["instance"]);
        var offset = Hex(match.Groups["offset"]);
        int? width = match.Groups["width"].Value switch { "b" or "B" => 1, "w" or "W" => 2, "l" or "L" => 4, _ => null };
        RegisterReference? found = null;
        if (RegisterNames.Header.TryGetValue(bare, out var register))
            found = new(text, Place.Space, register.Offset, 0, offset, offset == 0 ? register.Width : null);
        else if (RegisterNames.Capabilities.TryGetValue(bare, out var capability))
            found = new(text, PlaceOf(capability.IsExtended), capability.Id, instance, offset, null);
        else if (RegisterNames.InCapabilities.TryGetValue(bare, out var within))
            found = new(text, PlaceOf(within.IsExtended), within.Id, instance, within.Offset + offset, null);
        else if (CapabilityById().Match(bare) is { Success: true } byId)
            found = new(text, PlaceOf(byId.Groups["extended"].Length > 0), Hex(byId.Groups["id"]), instance, offset, null);
        else if (Number().Match(name) is { Success: true } number)
            found = new(text, Place.Space, Hex(number.Groups["number"]), 0, offset, null);
        else if (name.AsSpan().ContainsAny(" :-"))
            found = new(text, Place.Name, 0, 0, 0, null);

        // Of an instance there is a meaning for capabilities alone.
        if (found is null || (match.Groups["instance"].Length > 0 && found._place is Place.Space or Place.Name))
            return false;
        reference = found with { Width = width };
        return true;
    }

    /// <summary>Finds the register in a device.</summary>
    /// <param name="space">The device's configuration space. Its header and capabilities are read; <see cref="ConfigSpacePolicy.ToSnapshot"/> costs the device nothing.</param>
    /// <returns>The register.</returns>
    /// <exception cref="ArgumentException">The device has no such capability or register, or it is not aligned to its width.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is beyond the space's length.</exception>
    public ConfigRegister Resolve(IPciConfigSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        var registers = RegisterMap.Of(space);
        var offset = _place switch
        {
            Place.Space => _number + Offset,
            Place.Name => OffsetByName(space, registers),
            _ => CapabilityOf(space).Offset + Offset,
        };
        var exact = registers.Find(register => register.Offset == offset);
        var width = Width ?? _namedWidth ?? (exact.Width > 0 ? exact.Width : WidestAt(offset));
        ConfigSpaceBounds.Check(space, offset, width);
        ConfigSpaceBounds.CheckAlignment(offset, width);
        if (exact.Width == width)
            return exact;
        var around = registers.Find(register => register.Offset <= offset && offset < register.Offset + register.Width);
        return new ConfigRegister(offset, width, Text, around.Capability);
    }

    /// <summary>What was written.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Text;

    private static Place PlaceOf(bool isExtended) => isExtended ? Place.ExtendedCapability : Place.StandardCapability;

    private static int WidestAt(int offset) => (offset % 4) switch { 0 => 4, 2 => 2, _ => 1 };

    private static int Hex(Group digits) => digits.Length == 0 ? 0 : int.Parse(digits.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private int OffsetByName(IPciConfigSpace space, List<ConfigRegister> registers)
    {
        var found = registers.Find(register => string.Equals(register.Name, Text, StringComparison.OrdinalIgnoreCase));
        return found.Width > 0 ? found.Offset : throw new ArgumentException($"{space.Subject} has no register '{Text}'", nameof(space));
    }

    private PciCapability CapabilityOf(IPciConfigSpace space)
    {
        var isExtended = _place == Place.ExtendedCapability;
        var found = PciCapabilities.Read(space).Where(capability => capability.IsExtended == isExtended && capability.Id == _number).ElementAtOrDefault(_instance);
        if (found is not null)
            return found;
        var count = _instance == 0 ? "no" : $"no {_instance + 1}.";
        var reason = space.Length <= (isExtended ? PciRegs.PCI_CFG_SPACE_SIZE : PciRegs.PCI_STD_HEADER_SIZEOF)
            ? $": of it only {space.Length} bytes can be read, which root sees more of if it has more"
            : string.Empty;
        throw new ArgumentException($"{space.Subject} has {count} capability {CapabilityNames.Of((ushort)_number, isExtended)}, which {Text} is of{reason}", nameof(space));
    }

    [GeneratedRegex(@"^(?<base>[^@+]+?)(@(0x)?(?<instance>[0-9a-f]{1,2}))?(\+(0x)?(?<offset>[0-9a-f]{1,3}))?(\.(?<width>[bwl]))?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Syntax();

    [GeneratedRegex("^(?<extended>E?)CAP(?<id>[0-9a-f]{1,4})$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CapabilityById();

    [GeneratedRegex("^(0x)?(?<number>[0-9a-f]{1,4})$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
