using System.Text.RegularExpressions;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What stands in a VMM's arguments for the number of a descriptor.</summary>
/// <param name="Kind">Which descriptor.</param>
/// <param name="Device">The device, of <see cref="PlaceholderKind.Device"/>.</param>
/// <param name="Name">The memory's name, of <see cref="PlaceholderKind.Memory"/>; null for <c>{memory}</c>.</param>
internal readonly partial record struct Placeholder(PlaceholderKind Kind, PciAddress Device = default, string? Name = null)
{
    private const string DeviceName = "device";
    private const string MemoryName = "memory";

    internal static Placeholder Iommufd { get; } = new(PlaceholderKind.Iommufd);

    internal static Placeholder Memory { get; } = new(PlaceholderKind.Memory);

    internal static Placeholder OfMemory(string name) => new(PlaceholderKind.Memory, Name: name);

    internal static Placeholder Of(PciAddress device) => new(PlaceholderKind.Device, device);

    /// <summary>The placeholders in an argument.</summary>
    /// <exception cref="UserException">One is not known.</exception>
    internal static IEnumerable<Placeholder> In(string argument) => Pattern().Matches(argument).Where(IsPlaceholder).Select(Parse);

    /// <summary>An argument with numbers in place of its placeholders.</summary>
    internal static string Fill(string argument, Func<Placeholder, string> number) =>
        Pattern().Replace(argument, match => IsPlaceholder(match) ? number(Parse(match)) : match.Value[1..^1]);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        PlaceholderKind.Iommufd => "{iommufd}",
        PlaceholderKind.Memory => Name is null ? $"{{{MemoryName}}}" : $"{{{MemoryName}:{Name}}}",
        _ => $"{{{DeviceName}:{Device}}}",
    };

    // {{word}} stands for {word} itself.
    private static bool IsPlaceholder(Match match) => !match.Value.StartsWith("{{", StringComparison.Ordinal);

    private static Placeholder Parse(Match match) => match.Groups["name"].Value switch
    {
        "iommufd" when !match.Groups["value"].Success => Iommufd,
        MemoryName when !match.Groups["value"].Success => Memory,
        MemoryName when NamedMemory.IsName(match.Groups["value"].Value) => OfMemory(match.Groups["value"].Value),
        MemoryName => throw new UserException($"'{match.Value}' names no memory: write {{memory:NAME}}, as in {{memory:cache}}, or {{memory}} where there is one."),
        DeviceName when PciAddress.TryParse(match.Groups["value"].ValueSpan, out var address) => Of(address),
        DeviceName => throw new UserException($"'{match.Value}' names no device: write {{device:BDF}}, as in {{device:0000:01:00.0}}."),
        _ => throw new UserException($"'{match.Value}' is no placeholder: there are {{iommufd}}, {{device:BDF}}, {{memory}} and {{memory:NAME}}. Write {{{match.Value}}} if the VMM is to have it as it is."),
    };

    // A word in braces; of JSON, which some VMMs take, no brace stands beside a word.
    [GeneratedRegex(@"\{(?<name>[A-Za-z][\w-]*)(:(?<value>[^{}]*))?\}|\{\{[A-Za-z][\w-]*(:[^{}]*)?\}\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
