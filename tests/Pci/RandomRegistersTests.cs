using System.Globalization;
using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>Functions made up of every capability with a view, decoded by lspci and by us: for what no dump has, and for bits that no dump has set.</summary>
public class RandomRegistersTests
{
    private const int Functions = 40;
    private const int Views = 34;

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Registers_decode_as_lspci_decodes_them(int seed)
    {
        Skip.IfNot(InstalledLspci.IsThere, $"{InstalledLspci.Path} is not installed");
        var random = new Random(seed);
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllText(file, string.Concat(Enumerable.Range(0, Functions).Select(i =>
            {
                var address = PciAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"0000:{i:x2}:00.0"));
                return ConfigSpaceDump.Format(address, ConfigSpaceSnapshot.FromBytes(RandomFunction.Create(random), address.ToString()));
            })));
            var mismatches = new List<string>();
            var seen = new HashSet<Type>();
            foreach (var dump in ConfigSpaceDump.Parse(InstalledLspci.Decode(file), "random"))
            {
                var facts = LspciComparison.Compare(dump);
                Assert.True(facts.Count > 200, $"only {facts.Count} facts compared");
                mismatches.AddRange(facts.Mismatches);
                seen.UnionWith(PciCapabilities.Read(dump).Select(capability => capability.GetType()));
            }

            Assert.True(mismatches.Count == 0, string.Join('\n', mismatches.Take(40)));
            Assert.DoesNotContain(typeof(PciCapability), seen);
            Assert.Equal(Views, seen.Count);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
