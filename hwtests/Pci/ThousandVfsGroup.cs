namespace Devices.HwTests.Pci;

/// <summary>The tests of 1,016 VFs, which are enabled once for all of them: that takes longer than most of the tests.</summary>
[CollectionDefinition(Name)]
public sealed class ThousandVfsGroup : ICollectionFixture<ThousandVfs>
{
    internal const string Name = "a thousand VFs";
}
