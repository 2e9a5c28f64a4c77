using System.Text;
using Devices.Linux;

namespace Devices.Tests.Linux;

public sealed class UnixChannelTests
{
    [Fact]
    public void Carries_messages_and_descriptors_of_the_same_file()
    {
        var (first, second) = UnixChannel.Pair();
        using (first)
        using (second)
        using (var memory = MemFd.Create("passed", PageSize.Bytes))
        using (var counter = EventFd.Create())
        {
            memory.Fd.WriteExactlyAt("kept"u8, 100);
            first.Send("two"u8, memory.Fd, counter.Fd);
            first.Send("none"u8);

            var buffer = new byte[16];
            var received = second.Receive(buffer);
            Assert.Equal("two", Encoding.UTF8.GetString(buffer, 0, received.Length));
            Assert.Equal(2, received.Descriptors.Count);
            using var adopted = MemFd.Adopt(received.Descriptors[0]);
            Assert.Equal(MemFdSeals.FixedSize, adopted.Seals);
            var bytes = new byte[4];
            adopted.Fd.ReadExactlyAt(bytes, 100);
            Assert.Equal("kept"u8.ToArray(), bytes);
            received.Descriptors[1].Dispose();

            received = second.Receive(buffer);
            Assert.Equal("none", Encoding.UTF8.GetString(buffer, 0, received.Length));
            Assert.Empty(received.Descriptors);
        }
    }

    [Fact]
    public void Marks_a_message_that_did_not_fit_and_keeps_none_of_its_descriptors()
    {
        var (first, second) = UnixChannel.Pair();
        using (first)
        using (second)
        using (var counter = EventFd.Create())
        {
            first.Send("longer than the buffer"u8, counter.Fd);
            var received = second.Receive(new byte[4]);
            Assert.True(received.Truncated);
            Assert.Empty(received.Descriptors);
        }
    }

    [Fact]
    public void Carries_as_many_descriptors_as_the_kernel_allows()
    {
        var (first, second) = UnixChannel.Pair();
        using (first)
        using (second)
        using (var counter = EventFd.Create())
        {
            var many = Enumerable.Repeat(counter.Fd, UnixChannel.MaxDescriptors).ToArray();
            first.Send("many"u8, many);
            var received = second.Receive(new byte[4]);
            Assert.False(received.Truncated);
            Assert.Equal(UnixChannel.MaxDescriptors, received.Descriptors.Count);
            foreach (var descriptor in received.Descriptors) descriptor.Dispose();
            Assert.Throws<ArgumentOutOfRangeException>(() => first.Send("more"u8, [.. many, counter.Fd]));
        }
    }

    [Fact]
    public void Tells_who_connected_and_when_the_other_end_has_gone()
    {
        var path = Path.Combine(Path.GetTempPath(), $"devices-{Guid.NewGuid():N}.sock");
        using var listener = UnixChannel.Listen(path);
        try
        {
            var client = UnixChannel.Connect(path);
            using var server = listener.Accept();
            Assert.Equal(Environment.ProcessId, server.Peer.ProcessId);
            client.Dispose();
            Assert.Equal(0, server.Receive(new byte[4]).Length);
            Assert.Equal(Errno.EPIPE, server.TrySend("late"u8, [], wait: true));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Says_how_to_start_who_should_listen()
    {
        var failure = Assert.Throws<LinuxException>(() => UnixChannel.Connect("/nonexistent/keeper.sock", "Start the keeper."));
        Assert.Equal(Errno.ENOENT, failure.Errno);
        Assert.Contains("Start the keeper.", failure.Message, StringComparison.Ordinal);
    }
}
