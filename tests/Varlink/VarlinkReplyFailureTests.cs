using System.Text.Json;
using Devices.Linux;
using Devices.Varlink;

namespace Devices.Tests.Varlink;

/// <summary>A reply that cannot be sent.</summary>
public sealed class VarlinkReplyFailureTests
{
    private static readonly VarlinkInterface s_offered = new VarlinkInterface(TestService.Description)
        .On("Echo", TestJson.Default.Words, TestJson.Default.Words, static (call, words) =>
        {
            using var memory = MemFd.Create("attached", PageSize.Bytes);
            call.Attach(memory.Fd.Duplicate());
            return words;
        });

    [Theory]
    [InlineData(Errno.ETIMEDOUT)]
    [InlineData(Errno.EPIPE)]
    public void One_that_may_be_there_in_part_is_not_followed_by_another(Errno errno)
    {
        var sent = new List<string?>();
        Assert.Equal(errno, Assert.Throws<LinuxException>(() => Answer(reply =>
        {
            sent.Add(reply.Error);
            throw new LinuxException(errno, "sendmsg", "socket");
        })).Errno);
        Assert.Equal([null], sent);
    }

    [Fact]
    public void One_whose_descriptors_find_no_room_on_their_way_is_told_of_without_them()
    {
        // The kernel counts those on their way for each user, and refuses the whole message.
        var sent = new List<string?>();
        var attached = Answer(reply =>
        {
            sent.Add(reply.Error);
            if (reply.Error is null) throw new LinuxException(Errno.ETOOMANYREFS, "sendmsg", "socket");
        });
        Assert.Equal([null, "org.example.test.Broken"], sent);
        Assert.Equal(0, attached);
    }

    private static int Answer(Action<ReplyMessage> reply)
    {
        var service = new VarlinkService(
            new ServiceInfo("Devices", "test", "1", "https://example.org", []),
            [s_offered],
            static failure => failure is LinuxException linux ? VarlinkException.Of("org.example.test.Broken", new Words(linux.Message), TestJson.Default.Words) : null);
        var (near, far) = UnixStream.Pair();
        using (near)
        using (far)
        {
            var message = new CallMessage("org.example.test.Echo", JsonSerializer.SerializeToElement(new Words("x"), TestJson.Default.Words), Oneway: false, More: false);
            var call = new VarlinkCall(new VarlinkConnection(1, near), message, new FramedMessage([], []), near);
            service.Answer(message, call, reply);
            return call.Attached.Count;
        }
    }
}
