using System.CommandLine;

namespace Devices.Cli;

/// <summary>The VMMs by their names on the command line and in JSON.</summary>
internal static class VmmName
{
    private static readonly Dictionary<string, VmmKind> s_kinds = new(StringComparer.Ordinal) { ["qemu"] = VmmKind.Qemu, ["cloud-hypervisor"] = VmmKind.CloudHypervisor };

    internal static bool TryParse(string name, out VmmKind kind) => s_kinds.TryGetValue(name, out kind);

    internal static string Of(VmmKind kind) => s_kinds.First(pair => pair.Value == kind).Key;

    /// <summary>How the VMM's program is called, as a rule.</summary>
    internal static string ProgramOf(VmmKind kind) => kind == VmmKind.Qemu ? "qemu-system-x86_64" : "cloud-hypervisor";

    /// <summary>An option that takes one of them.</summary>
    /// <param name="description">What it is for.</param>
    /// <param name="wayOut">What those can do whose VMM is none of them; empty for nothing.</param>
    internal static Option<VmmKind?> Option(string description, string wayOut)
    {
        var option = new Option<VmmKind?>("--vmm")
        {
            Description = description,
            HelpName = "NAME",
            CustomParser = result =>
            {
                var name = result.Tokens[0].Value;
                if (TryParse(name, out var kind)) return kind;
                result.AddError($"'{name}' is no VMM that devkeep knows: {string.Join(", ", s_kinds.Keys)}.{wayOut}");
                return null;
            },
        };
        option.CompletionSources.Add(static _ => s_kinds.Keys.Select(static name => new System.CommandLine.Completions.CompletionItem(name)));
        return option;
    }
}
