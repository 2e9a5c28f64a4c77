using Devices.Broker;

namespace Devices.Tests.Broker;

/// <summary>What ends the program before it serves.</summary>
public sealed class DevkeepdProgramTests
{
    [Fact]
    public void Without_a_policy_it_does_not_serve()
        => Assert.Equal(1, DevkeepdProgram.Run(["--policy", $"/nowhere/{Guid.NewGuid():N}", "--socket", "/nowhere/socket"]));

    [Theory]
    [InlineData("--unknown")]
    [InlineData("--policy")]
    public void Misuse_is_told_apart(string argument) => Assert.Equal(2, DevkeepdProgram.Run([argument]));
}
