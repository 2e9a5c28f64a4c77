using Devices.Linux;
using Devices.Qemu;

namespace Devices.Tests.Qemu;

/// <summary>The protocol alone. What QEMU does is tried with QEMU.</summary>
public sealed class QmpClientTests
{
    private const string Done = """{"return": {}, "id": ID}""";

    [Fact]
    public void A_greeting_tells_the_version_and_command_mode_is_taken_up()
    {
        using var qemu = new ScriptedQemu();
        using var client = qemu.Connect();
        Assert.Equal("10.0.2", client.Version);
        Assert.Equal("""{"execute":"qmp_capabilities","id":1}""", qemu.Commands[0].Command);
    }

    [Fact]
    public void An_error_names_the_command_its_class_and_its_reason()
    {
        using var qemu = new ScriptedQemu("""{"id": ID, "error": {"class": "DeviceNotFound", "desc": "Device 'x' not found"}}""");
        using var client = qemu.Connect();
        var refused = Assert.Throws<QmpException>(() => client.Execute("device_del", new ObjectId("x"), QmpJson.Default.ObjectId));
        Assert.Equal(("device_del", "DeviceNotFound", "Device 'x' not found"), (refused.Command, refused.ErrorClass, refused.Description));
        Assert.Equal("""{"execute":"device_del","arguments":{"id":"x"},"id":2}""", qemu.Commands[1].Command);
    }

    [Fact]
    public void Events_wait_until_somebody_asks_for_them_whatever_comes_between()
    {
        using var qemu = new ScriptedQemu("""
            {"event": "STOP"}
            {"event": "DEVICE_DELETED", "data": {"device": "a"}}
            {"return": {}, "id": ID}
            {"event": "RESUME"}
            """);
        using var client = qemu.Connect();
        client.Execute("stop");
        Assert.Equal("RESUME", client.WaitFor(static happened => happened.Name == "RESUME", TimeSpan.FromSeconds(20))!.Name);
        Assert.Equal("a", client.WaitFor(static happened => happened.Name == "DEVICE_DELETED", TimeSpan.Zero)!.Text("device"));
        Assert.Null(client.WaitFor(static happened => happened.Name == "DEVICE_DELETED", TimeSpan.Zero));
        Assert.NotNull(client.WaitFor(static _ => true, TimeSpan.Zero)); // STOP is there still
    }

    [Fact]
    public void A_late_answer_is_not_taken_for_that_of_the_next_command()
    {
        using var qemu = new ScriptedQemu("", """
            {"id": 2, "error": {"class": "GenericError", "desc": "late"}}
            {"return": {"running": true, "status": "running"}, "id": ID}
            """);
        using var client = qemu.Connect(TimeSpan.FromSeconds(1));
        Assert.Contains("stop", Assert.Throws<TimeoutException>(() => client.Execute("stop")).Message, StringComparison.Ordinal);
        Assert.True(client.Execute("query-status", QmpJson.Default.RunStatus).Running);
    }

    [Fact]
    public void A_descriptor_goes_with_its_command()
    {
        using var qemu = new ScriptedQemu(Done);
        using var client = qemu.Connect();
        using var memory = MemFd.Create("passed", 4096);
        client.Execute("getfd", new FdName("ram"), QmpJson.Default.FdName, memory.Fd);
        Assert.Equal(("""{"execute":"getfd","arguments":{"fdname":"ram"},"id":2}""", 1), qemu.Commands[1]);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("""{"return": {"running": 7}, "id": ID}""")]
    public void What_is_not_QMP_is_said_to_be_none(string answer)
    {
        using var qemu = new ScriptedQemu(answer);
        using var client = qemu.Connect();
        Assert.Throws<QmpProtocolException>(() => client.Execute("query-status", QmpJson.Default.RunStatus));
    }

    [Fact]
    public void A_monitor_that_has_another_client_does_not_greet()
    {
        var (silent, other) = UnixStream.Pair();
        using (silent)
        {
            var failure = Assert.Throws<TimeoutException>(() => QmpClient.Adopt(other, TimeSpan.FromMilliseconds(50)));
            Assert.Contains("one client at a time", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_end_of_QEMU_is_told()
    {
        using var qemu = new ScriptedQemu();
        using var client = qemu.Connect();
        qemu.End();
        Assert.Throws<LinuxException>(() => client.WaitFor(static _ => true, TimeSpan.FromSeconds(20)));
    }
}
