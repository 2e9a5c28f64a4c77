namespace Devices.HwTests.Vfio;

/// <summary>The tests of 127 VFs, which are enabled once for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class NvmeVfsGroup : ICollectionFixture<NvmeVfs>
{
    internal const string Name = "127 VFs of an NVMe controller";
}
