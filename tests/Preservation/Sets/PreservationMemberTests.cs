using Devices.Linux;
using Devices.Preservation;
using Devices.Preservation.Members;
using Devices.Varlink;

namespace Devices.Tests.Preservation.Sets;

/// <summary>A member's socket: what it answers where nothing can be preserved, and to whom. What it does with devices, hwtests show.</summary>
public sealed class PreservationMemberTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("member");

    private string SocketPath => Path.Combine(_folder.FullName, "run", "member.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Whoever_connects_hears_its_name_and_the_socket_goes_with_it()
    {
        using (var member = Serve(static () => throw new NotSupportedException()))
        {
            using var remote = RemoteMember.Connect(SocketPath);
            Assert.Equal("disks", remote.Name);
            Assert.Equal(Environment.ProcessId, remote.ProcessId);
            Assert.Equal(MemberState.Idle, member.State);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
        }

        Assert.False(File.Exists(SocketPath));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => RemoteMember.Connect(SocketPath)).Errno);
    }

    [Fact]
    public void What_its_process_throws_is_told_with_its_name_and_leaves_it_as_it_was()
    {
        using var member = Serve(static () => throw new NotSupportedException("no disks yet"));
        using var remote = RemoteMember.Connect(SocketPath);
        foreach (var call in (Action[])[() => remote.Plan(), () => remote.Preserve(s_limit)])
        {
            var told = Assert.Throws<MemberException>(call).Message;
            Assert.Contains($"member disks (pid {Environment.ProcessId}, {SocketPath})", told, StringComparison.Ordinal);
            Assert.Contains("NotSupportedException: no disks yet", told, StringComparison.Ordinal);
        }

        Assert.Equal(MemberState.Idle, member.State);
    }

    [Fact]
    public void A_step_that_is_nobodys_to_take_is_refused()
    {
        using var member = Serve(static () => throw new NotSupportedException());
        using var client = VarlinkClient.Connect(SocketPath, MemberInterface.Description, TimeSpan.FromSeconds(30));
        foreach (var method in (string[])["Freeze", "Thaw", "Discard"])
        {
            var refused = Assert.Throws<VarlinkException>(() => client.Call(method, new NoParameters(), MemberMessages.Default.NoParameters, MemberMessages.Default.NoParameters));
            Assert.Equal("io.devkeep.Member.WrongState", refused.Error);
            Assert.Contains("Nothing is preserved", refused.Explain(), StringComparison.Ordinal);
        }

        var limit = Assert.Throws<VarlinkException>(() => client.Call("Preserve", new LimitMessage(0), MemberMessages.Default.LimitMessage, MemberMessages.Default.NoParameters));
        Assert.Equal("org.varlink.service.InvalidParameter", limit.Error);
    }

    [Fact]
    public void One_that_ends_is_named_and_the_call_after_is_not_made()
    {
        var member = Serve(static () => throw new NotSupportedException());
        using var remote = RemoteMember.Connect(SocketPath);
        member.Dispose();
        Assert.Contains("member disks", Assert.Throws<MemberException>(() => remote.Plan()).Message, StringComparison.Ordinal);
        Assert.Contains("did not answer before", Assert.Throws<MemberException>(() => remote.Plan()).Message, StringComparison.Ordinal);
        remote.Discard(); // it goes back by itself
    }

    [Fact]
    public void Who_serves_something_else_there_is_no_member()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        using var listener = UnixStream.Listen(SocketPath);
        using var end = new CancellationTokenSource();
        var serving = new Thread(() => new VarlinkServer(new VarlinkService(new ServiceInfo("x", "x", "1", "", []), []), listener).Run(end.Token));
        serving.Start();
        Assert.Contains("InterfaceNotFound", Assert.Throws<MemberException>(() => RemoteMember.Connect(SocketPath)).Message, StringComparison.Ordinal);
        end.Cancel();
        serving.Join();
    }

    private PreservationMember Serve(Func<PreservationRequest> request) => PreservationMember.Serve(SocketPath, "disks", request);
}
