using Devices.Pci;
using Xunit.Abstractions;

namespace Devices.Tests.Pci;

/// <summary>The capability parser against lspci, dump by dump.</summary>
public class ConfigDumpTests(ITestOutputHelper output)
{
    // A theory needs a row: where the folder is missing it is this one, and the test says so and skips.
    private const string NoFolder = "";

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
        Compare(Path.Combine(ConfigDumps.SharedFolder!, file));
    }

    [Theory]
    [MemberData(nameof(OfTheLab))]
    public void Decoding_of_emulated_devices_agrees_with_lspci(string file) => Compare(Path.Combine(AppContext.BaseDirectory, "Pci", "Dumps", file));

    private void Compare(string path)
    {
        var dumps = ConfigSpaceDump.Load(path);
        Assert.NotEmpty(dumps);
        var mismatches = new List<string>();
        foreach (var dump in dumps)
        {
            var facts = LspciComparison.Compare(dump);
            var capabilities = PciCapabilities.Read(dump);
            output.WriteLine($"{dump.Subject}: {dump.Length} bytes, {capabilities.Count} capabilities, {facts.Count} facts compared");

            // The heading alone gives some; the walk's health is one more, which does not count.
            Assert.True(facts.Count > 1, $"{dump.Subject}: nothing that lspci printed could be compared");
            mismatches.AddRange(facts.Mismatches);

            // Bytes that went out and came back are the same.
            Assert.Equal(dump.Snapshot, Assert.Single(ConfigSpaceDump.Parse(ConfigSpaceDump.Format(dump.Address, dump))).Snapshot);
        }

        Assert.True(mismatches.Count == 0, string.Join('\n', mismatches));
    }
}
