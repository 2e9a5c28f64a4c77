using Devices.Broker;
using Devices.Linux;
using Devices.Varlink;

namespace Devices.Tests.Broker;

/// <summary>Calls about sessions that make no sense, or are nobody's to make: each is answered, and nothing is left of it.</summary>
public sealed class SessionsInterfaceTests : IDisposable
{
    private readonly SessionsRig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        Assert.Empty(_rig.Keeper.List());
        Assert.Empty(_rig.Keeper.Status().Sessions);
    }

    [Theory]
    [InlineData("", "session")]
    [InlineData("a/b", "session")]
    [InlineData("a b", "session")]
    [InlineData("..\n", "session")]
    [InlineData("a:b", "session")]
    [InlineData("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", "session")]
    public void A_session_has_a_name_of_letters_and_digits(string session, string parameter)
    {
        using var memory = MemFd.Create("ram", PageSize.Bytes);
        foreach (var method in new[] { "Plan", "Preserve" }) Invalid(parameter, method, new SessionContent(session, [new MemoryFile("ram", 0)], []), memory.Fd);
    }

    [Fact]
    public void Memory_is_named_and_numbered_as_it_was_sent()
    {
        using var first = MemFd.Create("first", PageSize.Bytes);
        using var second = MemFd.Create("second", PageSize.Bytes);
        Invalid("memory", "Preserve", new SessionContent("vm", [], [])); // nothing at all
        Invalid("memory", "Preserve", new SessionContent("vm", [new MemoryFile("ram", 0)], []));
        Invalid("memory", "Preserve", new SessionContent("vm", [new MemoryFile("ram", 0)], []), first.Fd, second.Fd);
        Invalid("memory[0].fd", "Preserve", new SessionContent("vm", [new MemoryFile("ram", 1)], []), first.Fd);
        Invalid("memory[0].fd", "Preserve", new SessionContent("vm", [new MemoryFile("ram", -1)], []), first.Fd);
        Invalid("memory[1].fd", "Preserve", new SessionContent("vm", [new MemoryFile("a", 0), new MemoryFile("b", 0)], []), first.Fd, second.Fd);
        Invalid("memory[1].name", "Preserve", new SessionContent("vm", [new MemoryFile("a", 0), new MemoryFile("b/c", 1)], []), first.Fd, second.Fd);
    }

    [Fact]
    public void Devices_are_addresses_and_not_too_many()
    {
        Invalid("devices[0]", "Preserve", new SessionContent("vm", [], ["../0000:01:00.0"]));
        Invalid("devices", "Preserve", new SessionContent("vm", [], [.. Enumerable.Repeat("0000:01:00.0", DeviceBroker.MostDevices + 1)]));
        Assert.Equal("io.devkeep.Sessions.NotClaimed", Refused("Preserve", new SessionContent("vm", [], ["0000:01:00.0"])).Error);
    }

    [Fact]
    public void Whose_more_descriptors_come_than_a_call_may_have_is_disconnected_and_the_others_notice_nothing()
    {
        using var memory = MemFd.Create("ram", PageSize.Bytes);
        var content = new SessionContent("vm", [.. Enumerable.Range(0, 17).Select(static index => new MemoryFile($"m{index}", index))], []);
        using (var client = Connect())
            Assert.Throws<LinuxException>(() => client.Call("Preserve", content, SessionsJson.Default.SessionContent, SessionsJson.Default.PreserveReply, [.. Enumerable.Repeat(memory.Fd, 17)]));
        Assert.Empty(List().Sessions);
    }

    [Fact]
    public void What_does_not_exist_is_not_told_from_what_is_anothers()
    {
        foreach (var method in new[] { "Freeze", "Thaw", "Restore", "Finish", "Discard" })
        {
            using var client = Connect();
            var refused = Assert.Throws<VarlinkException>(() => client.Call(method, new SessionRequest("vm"), SessionsJson.Default.SessionRequest, SessionsJson.Default.NoParameters));
            Assert.Equal("io.devkeep.Sessions.NotAllowed", refused.Error);
        }

        Assert.Equal(1 << 20, List().MemoryLeft);
        Assert.False(List().OutlivesService);
    }

    private SessionsReply List()
    {
        using var client = Connect();
        return client.Call("List", new NoParameters(), SessionsJson.Default.NoParameters, SessionsJson.Default.SessionsReply).Value;
    }

    private VarlinkClient Connect() => VarlinkClient.Connect(_rig.SocketPath, SessionsInterface.Description, TimeSpan.FromSeconds(20));

    private VarlinkException Refused(string method, SessionContent content, params FileDescriptor[] files)
    {
        using var client = Connect();
        return Assert.Throws<VarlinkException>(() => client.Call(method, content, SessionsJson.Default.SessionContent, SessionsJson.Default.PreserveReply, files));
    }

    private void Invalid(string parameter, string method, SessionContent content, params FileDescriptor[] files)
    {
        var refused = Refused(method, content, files);
        Assert.Equal("org.varlink.service.InvalidParameter", refused.Error);
        Assert.Equal(parameter, refused.Parameters.GetProperty("parameter").GetString());
    }
}
