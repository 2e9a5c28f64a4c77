using Devices.Cli;
using Devices.Pci;
using Devices.Tests.Pci;

namespace Devices.Tests.Cli;

public class CapabilityDecoderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_view_says_something(int seed)
    {
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(RandomFunction.Create(new Random(seed)), "random"));
        Assert.True(capabilities.Count > 30);
        foreach (var capability in capabilities)
        {
            var fields = CapabilityDecoder.Decode(capability);
            Assert.True(fields.Count > 0, $"nothing is said of {capability.GetType().Name}");
            Assert.All(fields, field => Assert.True(field is { Name.Length: > 0, Value.Length: > 0 }, $"{capability.GetType().Name}: a field is empty"));
        }
    }
}
