using Devices.Pci;
using Xunit.Abstractions;

namespace Devices.Tests.Pci;

/// <summary>The capability parser against lspci, dump by dump.</summary>
public class ConfigDumpTests(ITestOutputHelper output)
{
    // A theory needs a row: where the folder is missing it is this one, and the test says so and skips.
    private const string NoFolder = "";

    /// <summary>What lspci printed wrongly in a file and prints as we do today: the test with the installed one compares it.</summary>
    private static readonly Dictionary<string, string[]> Outdated = new(StringComparer.Ordinal)
    {
        // Printed before a Device 3 capability was written into the bytes.
        ["cap-dev3"] = ["capability offsets: lspci printed 40 50 70 b0 100 158 178 180, decoded 40 50 70 b0 100 158 178 180 300"],

        // An lspci that printed slot numbers in hexadecimal and the root capabilities out of the wrong register.
        ["cap-pcie-1"] = ["SltCap slot: lspci printed 40, decoded 64", "RootCap CRSVisible: lspci printed False, decoded True"],

        // An lspci that knew no 64 GT/s.
        ["qemu-cxl-root-port"] = ["LnkCap2 speeds: lspci printed RsvdP, decoded 2.5-64GT/s"],
    };

    public static TheoryData<string> OfRealHardware =>
        ConfigDumps.SharedFolder is { } folder ? [.. ConfigDumps.FilesOf(folder).Select(file => Path.GetFileName(file)!)] : [NoFolder];

    public static TheoryData<string> OfTheLab => [.. ConfigDumps.Own.Select(file => Path.GetFileName(file)!)];

    [SkippableTheory]
    [MemberData(nameof(OfRealHardware))]
    public void Decoding_of_real_hardware_agrees_with_lspci(string file)
    {
        Skip.If(
            file.Length == 0,
            $"The folder of dumps of real hardware is not here: set {ConfigDumps.FolderVariable}, or put it beside the repository as shared/config-dumps");
        Compare(ConfigSpaceDump.Load(Path.Combine(ConfigDumps.SharedFolder!, file)), Outdated.GetValueOrDefault(file, []));
    }

    [Theory]
    [MemberData(nameof(OfTheLab))]
    public void Decoding_of_emulated_devices_agrees_with_lspci(string file) =>
        Compare(ConfigSpaceDump.Load(Path.Combine(AppContext.BaseDirectory, "Pci", "Dumps", file)), Outdated.GetValueOrDefault(file, []));

    /// <summary>The same bytes decoded by the lspci of this machine, which knows more than the one that wrote the file.</summary>
    [SkippableTheory]
    [MemberData(nameof(OfRealHardware))]
    public void Decoding_of_real_hardware_agrees_with_the_installed_lspci(string file)
    {
        Skip.If(file.Length == 0, $"The folder of dumps of real hardware is not here: set {ConfigDumps.FolderVariable}");
        Skip.IfNot(InstalledLspci.IsThere, $"{InstalledLspci.Path} is not installed");
        var path = Path.Combine(ConfigDumps.SharedFolder!, file);
        var bytes = ConfigSpaceDump.Load(path);
        Compare(ConfigSpaceDump.Parse(InstalledLspci.Decode(path), $"lspci -F {file}"), []);
        Assert.Equal(bytes.Select(dump => dump.Snapshot), ConfigSpaceDump.Parse(InstalledLspci.Decode(path)).Select(dump => dump.Snapshot));
    }

    private void Compare(IReadOnlyList<ConfigSpaceDump> dumps, string[] outdated)
    {
        Assert.NotEmpty(dumps);
        var mismatches = new List<string>();
        foreach (var dump in dumps)
        {
            var facts = LspciComparison.Compare(dump);
            var capabilities = PciCapabilities.Read(dump);
            output.WriteLine($"{dump.Subject}: {dump.Length} bytes, {capabilities.Count} capabilities, {facts.Count} facts compared");

            // The heading alone gives some; the walk's health is one more, which does not count.
            Assert.True(facts.Count > 1, $"{dump.Subject}: nothing that lspci printed could be compared");
            mismatches.AddRange(facts.Mismatches.Where(mismatch => !outdated.Any(known => mismatch.Contains(known, StringComparison.Ordinal))));

            // Bytes that went out and came back are the same.
            Assert.Equal(dump.Snapshot, Assert.Single(ConfigSpaceDump.Parse(ConfigSpaceDump.Format(dump.Address, dump))).Snapshot);
        }

        Assert.True(mismatches.Count == 0, string.Join('\n', mismatches));
    }
}
