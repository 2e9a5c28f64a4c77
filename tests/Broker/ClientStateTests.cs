using System.Text;
using Devices.Broker;
using Devices.Linux;

namespace Devices.Tests.Broker;

/// <summary>What is kept of a client, as text.</summary>
public sealed class ClientStateTests
{
    private static readonly ClientState s_state = new(
        BootId.Current,
        17,
        1000,
        [1000, 36],
        "vm@one.service",
        [new DeviceRecord("0000:01:00.0", "1b36:0010", "vfio0", DeviceState.Opened), new DeviceRecord("0000:02:00.0", null, null, DeviceState.Resetting)],
        [new MemoryRecord("vm", 4096)]);

    [Fact]
    public void What_was_written_is_read()
    {
        var read = ClientState.Read(s_state.Write());
        Assert.Equal(s_state.Write(), read.Write());
        Assert.Equal((17, 1000u, "vm@one.service"), (read.Identity.ProcessId, read.Identity.UserId, read.Identity.Unit));
        Assert.Equal([1000, 36], read.Identity.Groups);
        Assert.Equal(s_state.Devices, read.Devices);
        Assert.Equal(s_state.Memory, read.Memory);
    }

    [Theory]
    [InlineData("\"process\":17", "\"process\":-1")]
    [InlineData("\"process\":17,", "")]
    [InlineData("\"process\":17", "\"process\":17,\"process\":18")]
    [InlineData("\"process\":17", "\"process\":17,\"more\":1")]
    [InlineData("0000:01:00.0", "../0000:01:00.0")]
    [InlineData("\"opened\"", "\"free\"")]
    [InlineData("\"opened\"", "1")]
    [InlineData("\"bytes\":4096", "\"bytes\":-4096")]
    [InlineData("\"groups\":[1000,36]", "\"groups\":null")]
    [InlineData("{\"rule\"", "null,{\"rule\"")]
    [InlineData("{\"boot\"", "null")]
    public void What_is_not_as_it_was_written_is_not_believed(string written, string damaged)
    {
        var text = Encoding.UTF8.GetString(s_state.Write());
        Assert.Contains(written, text, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => ClientState.Read(Encoding.UTF8.GetBytes(text.Replace(written, damaged, StringComparison.Ordinal))));
    }

    [Fact]
    public void What_was_written_in_another_boot_is_about_devices_that_are_no_more()
        => Assert.Contains("boot", Assert.Throws<InvalidDataException>(() => ClientState.Read((s_state with { Boot = Guid.NewGuid() }).Write())).Message, StringComparison.Ordinal);
}
