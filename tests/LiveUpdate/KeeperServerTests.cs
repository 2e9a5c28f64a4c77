using System.Text;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

public sealed class KeeperServerTests
{
    [Theory]
    [InlineData("garbage")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"v":1}""")]
    [InlineData("""{"v":2,"op":"status"}""")]
    [InlineData("""{"v":1,"op":"format-disk"}""")]
    [InlineData("""{"v":1,"op":"put"}""")]
    [InlineData("""{"v":1,"op":"get"}""")]
    [InlineData("""{"v":1,"op":"get","name":"two words"}""")]
    [InlineData("""{"v":1,"op":"remove","name":""}""")]
    [InlineData("""{"v":1,"op":"preserve","name":"a","session":"s"}""")]
    [InlineData("""{"v":1,"op":"create-session"}""")]
    [InlineData("""{"v":1,"op":"create-session","session":""}""")]
    [InlineData("""{"v":1,"op":"retrieve-fd","name":"a","session":"s","token":-1}""")]
    [InlineData("""{"v":1,"op":"sessions","skip":"many"}""")]
    public void A_senseless_request_is_answered_with_an_error_and_the_client_may_go_on(string request)
    {
        using var rig = new KeeperRig();
        using var channel = UnixChannel.Connect(rig.Server.SocketPath);
        Assert.Contains("\"error\"", Exchange(channel, Encoding.UTF8.GetBytes(request)), StringComparison.Ordinal);
        Assert.Contains("\"bootId\"", Exchange(channel, """{"v":1,"op":"status","of":"a later release"}"""u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_text_and_requests_without_end_are_answered_too()
    {
        using var rig = new KeeperRig();
        using var channel = UnixChannel.Connect(rig.Server.SocketPath);
        Assert.Contains("\"error\"", Exchange(channel, [0, 0xff, 0xfe, 0x80]), StringComparison.Ordinal);
        Assert.Contains("65536", Exchange(channel, Enumerable.Repeat((byte)'{', 100_000).ToArray()), StringComparison.Ordinal);
        Assert.Contains("\"error\"", Exchange(channel, Enumerable.Repeat((byte)'[', 60_000).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_too_few_or_too_many_are_refused_and_none_stays()
    {
        using var rig = new KeeperRig();
        using var channel = UnixChannel.Connect(rig.Server.SocketPath);
        var name = $"stray-{Guid.NewGuid()}";
        using var stray = MemFd.Create(name, PageSize.Bytes);
        Assert.Contains("takes 1 descriptors", Exchange(channel, """{"v":1,"op":"put","name":"a"}"""u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("takes 1 descriptors", Exchange(channel, """{"v":1,"op":"put","name":"a"}"""u8.ToArray(), stray.Fd, stray.Fd), StringComparison.Ordinal);
        Assert.Contains("takes 0 descriptors", Exchange(channel, """{"v":1,"op":"status"}"""u8.ToArray(), stray.Fd), StringComparison.Ordinal);
        Assert.Contains("\"error\"", Exchange(channel, "garbage"u8.ToArray(), Enumerable.Repeat(stray.Fd, UnixChannel.MaxDescriptors).ToArray()), StringComparison.Ordinal);
        Assert.Contains("\"error\"", Exchange(channel, new byte[100_000], stray.Fd), StringComparison.Ordinal);
        Assert.Contains("\"error\"", Exchange(channel, """{"v":1,"op":"put","name":"two words"}"""u8.ToArray(), stray.Fd), StringComparison.Ordinal);
        Assert.Empty(rig.Server.Keeper.List());
        Assert.True(SpinWait.SpinUntil(() => CountOpen(name) == 1, TimeSpan.FromSeconds(5)), "The keeper kept a stray descriptor.");
    }

    [Fact]
    public void A_client_that_floods_and_does_not_read_is_thrown_out_and_the_others_are_served()
    {
        using var rig = new KeeperRig();
        using var other = rig.Connect();
        using var counter = EventFd.Create();
        other.Put("x", counter.Fd);
        using var flood = UnixChannel.Connect(rig.Server.SocketPath);
        var thrownOut = false;
        for (var i = 0; i < 100_000 && !thrownOut; i++)
            thrownOut = flood.TrySend("""{"v":1,"op":"list"}"""u8, [], wait: true) != Errno.None;
        Assert.True(thrownOut);
        rig.WaitForLog("does not read its answers");
        Assert.Single(other.List());
    }

    [Fact]
    public void Clients_that_leave_in_the_middle_do_no_harm()
    {
        using var rig = new KeeperRig();
        using var counter = EventFd.Create();
        for (var i = 0; i < 50; i++)
        {
            using var channel = UnixChannel.Connect(rig.Server.SocketPath);
            channel.Send(Encoding.UTF8.GetBytes($$"""{"v":1,"op":"put","name":"left-{{i}}"}"""), counter.Fd);
            if (i % 2 == 0)
                channel.Send("""{"v":1,"op":"get","name":"left-0"}"""u8);
        }
        using var client = rig.Connect();
        // What arrived whole was done, whether or not anybody was left to hear the answer.
        Assert.True(SpinWait.SpinUntil(() => client.Status().FdCount == 50, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void What_a_worker_put_another_takes_after_its_death()
    {
        using var rig = new KeeperRig();
        using (var worker = rig.Connect())
        using (var memory = MemFd.Create("state", PageSize.Bytes))
        {
            memory.Fd.WriteExactlyAt("42"u8, 0);
            worker.Put("state", memory.Fd);
        }
        using var next = rig.Connect();
        using var state = next.Get("state")!;
        var bytes = new byte[2];
        state.ReadExactlyAt(bytes, 0);
        Assert.Equal("42"u8.ToArray(), bytes);
        Assert.Equal("state", state.Subject);
    }

    [Fact]
    public void Many_workers_at_once_lose_nothing()
    {
        using var rig = new KeeperRig();
        Parallel.For(0, 16, worker =>
        {
            using var client = rig.Connect();
            using var memory = MemFd.Create($"of-{worker}", PageSize.Bytes);
            for (var i = 0; i < 20; i++)
            {
                client.Put($"w{worker:d2}-{i:d2}", memory.Fd);
                using var back = client.Get($"w{worker:d2}-{i:d2}")!;
                Assert.Contains($"memfd:of-{worker} ", back.LinkTarget, StringComparison.Ordinal);
            }
        });
        using var observer = rig.Connect();
        Assert.Equal(320, observer.List().Count);
    }

    [Fact]
    public void Refuses_to_end_while_it_holds_something_and_says_what()
    {
        using var rig = new KeeperRig();
        using var client = rig.Connect();
        using var counter = EventFd.Create();
        client.Put("precious", counter.Fd);

        rig.Server.RequestStop();
        rig.WaitForLog("Held: precious");
        Assert.Equal(KeeperProblem.StillHolding, Assert.Throws<KeeperException>(() => client.Stop()).Problem);
        Assert.False(rig.EndsWithin(TimeSpan.FromMilliseconds(20)));

        client.Remove("precious");
        rig.Server.RequestStop();
        Assert.True(rig.EndsWithin(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Ends_when_forced()
    {
        using var rig = new KeeperRig();
        using var client = rig.Connect();
        using var counter = EventFd.Create();
        client.Put("given-up", counter.Fd);
        client.Stop(force: true);
        Assert.True(rig.EndsWithin(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_second_keeper_is_refused_and_the_first_one_named()
    {
        using var rig = new KeeperRig();
        var failure = Assert.Throws<KeeperException>(() => KeeperServer.Listen(rig.Server.SocketPath));
        Assert.Equal(KeeperProblem.AlreadyRunning, failure.Problem);
        Assert.Contains($"pid {Environment.ProcessId}", failure.Message, StringComparison.Ordinal);
        using var client = rig.Connect();
        Assert.False(client.Status().IsHolding);
    }

    [Fact]
    public void The_socket_of_a_dead_keeper_is_replaced()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("keeper.sock");
        UnixChannel.Listen(path).Dispose();
        Assert.True(File.Exists(path));
        using (var server = KeeperServer.Listen(path))
        {
            using var channel = UnixChannel.Connect(path);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Its_folder_is_for_its_user_alone()
    {
        using var folder = new TemporaryFolder();
        using (KeeperServer.Listen(folder.File("made/keeper.sock")))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("made")));

        var open = Directory.CreateDirectory(folder.File("open")).FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0x1ff);
        Assert.Equal(KeeperProblem.NotTrusted, Assert.Throws<KeeperException>(() => KeeperServer.Listen(Path.Combine(open, "keeper.sock"))).Problem);
    }

    [Fact]
    public void Without_a_keeper_the_client_says_how_to_start_one()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<LinuxException>(() => KeeperClient.Connect(folder.File("keeper.sock")));
        Assert.Equal(Errno.ENOENT, failure.Errno);
        Assert.Contains("devkeep keeper", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_keeper_that_is_gone_is_told_apart_from_one_that_refuses()
    {
        var rig = new KeeperRig();
        using var client = rig.Connect();
        rig.Dispose();
        Assert.Equal(KeeperProblem.ConnectionLost, Assert.Throws<KeeperException>(() => client.Status()).Problem);
    }

    [Fact]
    public void A_client_goes_on_with_the_keeper_that_took_the_place_of_its_own()
    {
        using var folder = new TemporaryFolder();
        var first = new KeeperRig(folder);
        using var client = first.Connect();
        client.Status();
        first.Dispose();
        Assert.Equal(KeeperProblem.ConnectionLost, Assert.Throws<KeeperException>(() => client.Status()).Problem);
        using var second = new KeeperRig(folder);
        using var memory = MemFd.Create("ram", 4096);
        client.Put("ram", memory.Fd);
        Assert.Equal("ram", Assert.Single(second.Server.Keeper.List()).Name);
    }

    [Fact]
    public void A_server_that_answers_nonsense_does_not_fool_the_client()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("keeper.sock");
        using var listener = UnixChannel.Listen(path);
        foreach (var answer in new[] { "garbage", "{}", """{"v":1,"found":true}""", """{"v":1,"error":{"kind":"linux"}}""" })
        {
            using var client = KeeperClient.Connect(path);
            var server = new Thread(() =>
            {
                using var channel = listener.Accept();
                channel.Receive(new byte[4096]);
                channel.Send(Encoding.UTF8.GetBytes(answer));
            });
            server.Start();
            if (answer == "{}")
                Assert.Equal(KeeperProblem.Protocol, Assert.Throws<KeeperException>(() => client.Status()).Problem);
            else
                Assert.Equal(KeeperProblem.Protocol, Assert.Throws<KeeperException>(() => client.Get("name")).Problem);
            Assert.True(server.Join(TimeSpan.FromSeconds(10)));
        }
    }

    private static string Exchange(UnixChannel channel, byte[] request, params FileDescriptor[] descriptors)
    {
        channel.Send(request, descriptors);
        var buffer = new byte[65536];
        Assert.True(channel.TryReceive(buffer, TimeSpan.FromSeconds(10), out var reply), "The keeper did not answer.");
        Assert.Empty(reply.Descriptors);
        return Encoding.UTF8.GetString(buffer, 0, reply.Length);
    }

    private static int CountOpen(string memfd) => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Count(link => new FileInfo(link).LinkTarget?.Contains(memfd, StringComparison.Ordinal) == true);
}
