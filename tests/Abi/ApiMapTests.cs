using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Devices.Vfio;

namespace Devices.Tests.Abi;

/// <summary>docs/api.md says which member stands for which call of the kernel: of all that are implemented, and only such as there are.</summary>
public sealed partial class ApiMapTests
{
    private const BindingFlags PublicMembers = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    private static readonly (string Call, string[] Members)[] s_rows =
    [
        .. Row().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "api.md")))
            .Select(static row => (row.Groups["call"].Value, MembersIn(row.Groups["members"].Value))),
    ];

    private static readonly Dictionary<string, string> s_documentation = KernelNames.PublicTypes.Select(static type => type.Assembly).Distinct()
        .SelectMany(static assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        .ToDictionary(static member => member.Attribute("name")!.Value, static member => member.Value, StringComparer.Ordinal);

    [Fact]
    public void Each_call_that_is_implemented_stands_there_once()
        => Assert.Equal(Implemented().Order(StringComparer.Ordinal), s_rows.Select(static row => row.Call).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_row_names_a_member()
        => Assert.Equal([], s_rows.Where(static row => row.Members.Length == 0).Select(static row => row.Call));

    [Fact]
    public void Each_member_is_public()
        => Assert.Equal([], s_rows.SelectMany(static row => row.Members).Distinct(StringComparer.Ordinal).Where(static name => Find(name).Length == 0));

    /// <summary>So that a row cannot name a member that has nothing to do with the call.</summary>
    [Fact]
    public void Each_member_or_its_type_is_documented_to_stand_for_the_call()
    {
        var silent = s_rows.SelectMany(static row => row.Members, static (row, member) => (row.Call, Member: member))
            .Where(static pair => !Array.Exists(Find(pair.Member), member => IsNamed(pair.Call, member)))
            .Select(static pair => $"{pair.Call}: {pair.Member}");
        Assert.Equal([], silent);
    }

    private static IEnumerable<string> Implemented()
        => KernelNames.IoctlNames.Concat(KernelNames.Constants.Where(IsFeatureOrCapability).Select(static constant => constant.Name)).Distinct(StringComparer.Ordinal);

    // The flags of VFIO_DEVICE_FEATURE lie above the features' numbers.
    private static bool IsFeatureOrCapability((string Name, ulong Value) constant)
        => InfoCapability().IsMatch(constant.Name)
            || (constant.Name.StartsWith("VFIO_DEVICE_FEATURE_", StringComparison.Ordinal) && constant.Value < (ulong)vfio_device_feature_flags.VFIO_DEVICE_FEATURE_MASK);

    private static string[] MembersIn(string cell) => [.. Member().Matches(cell).Select(static match => match.Groups["name"].Value)];

    private static MemberInfo[] Find(string typeAndMember)
    {
        var parts = typeAndMember.Split('.');
        return [.. KernelNames.PublicTypes.Where(type => type.Name == parts[0]).SelectMany(type => type.GetMember(parts[1], PublicMembers))];
    }

    private static bool IsNamed(string call, MemberInfo member)
    {
        var type = member.DeclaringType!.FullName!;
        var word = new Regex($@"\b{call}\b", RegexOptions.NonBacktracking);
        return s_documentation.Any(entry => IsOf(entry.Key[2..]) && word.IsMatch(entry.Value));

        // A method's name is followed by its parameters.
        bool IsOf(string documented)
            => documented == type || documented == $"{type}.{member.Name}" || documented.StartsWith($"{type}.{member.Name}(", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| `(?<call>[A-Z]\w+)` \| (?<members>[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>\w+\.\w+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Member();

    [GeneratedRegex(@"^VFIO_\w+_INFO_CAP_\w+$", RegexOptions.NonBacktracking)]
    private static partial Regex InfoCapability();
}
