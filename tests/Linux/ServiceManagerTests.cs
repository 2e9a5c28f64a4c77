using System.Net.Sockets;
using Devices.Linux;

namespace Devices.Tests.Linux;

/// <summary>The service manager's protocols. The variables are the process': these tests, and those of what uses them, run one after the other.</summary>
[Collection(ServiceManagerPeer.Collection)]
public sealed class ServiceManagerTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("notify");

    public void Dispose()
    {
        foreach (var variable in new[] { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" }) Environment.SetEnvironmentVariable(variable, null);
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_told_arrives_as_a_datagram(bool isAbstract)
    {
        var name = Path.Combine(_folder.FullName, "notify");
        using var manager = new ServiceManagerPeer(isAbstract ? '\0' + name : name);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", isAbstract ? '@' + name : name);
        Assert.True(ServiceManager.IsPresent);
        Assert.True(ServiceManager.Notify("READY=1"));
        manager.Await("READY=1");
    }

    [Fact]
    public void What_is_given_to_keep_is_kept_by_its_name_until_it_is_given_up()
    {
        using var manager = Manager();
        using var one = MemFd.Create("one", 1);
        using var two = MemFd.Create("two", 2);
        using var other = MemFd.Create("other", 3);
        Assert.True(ServiceManager.Store("client-1", one.Fd, two.Fd));
        Assert.True(ServiceManager.Store("client-2", other.Fd));
        Assert.True(ServiceManager.Barrier(s_patience));
        Assert.Equal([("client-1", 1), ("client-1", 2), ("client-2", 3)], manager.Store.Select(static kept => (kept.Name, kept.Fd.Length)));
        Assert.Equal(1, manager.Count("FDSTORE=1\nFDNAME=client-1\nFDPOLL=0"));
        Assert.True(ServiceManager.Discard("client-1"));
        Assert.True(ServiceManager.Barrier(s_patience));
        Assert.Equal("client-2", Assert.Single(manager.Store).Name);
    }

    [Fact]
    public void A_manager_that_does_not_listen_passes_no_barrier()
    {
        using var deaf = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var path = Path.Combine(_folder.FullName, "deaf");
        deaf.Bind(new UnixDomainSocketEndPoint(path));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", path);
        Assert.False(ServiceManager.Barrier(TimeSpan.FromMilliseconds(20)));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        Assert.False(ServiceManager.Barrier(s_patience));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000:01:00.0")]
    [InlineData("two\nFDSTOREREMOVE=1")]
    [InlineData("ä")]
    public void A_name_that_the_manager_would_not_take_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => ServiceManager.Discard(name));
        Assert.Throws<ArgumentException>(() => ServiceManager.Discard(new string('a', 256)));
        Assert.Throws<ArgumentException>(() => ServiceManager.Store("nothing"));
        Assert.False(ServiceManager.Discard(new string('a', 255)));
    }

    [Fact]
    public void Without_a_manager_nobody_is_told_and_one_that_does_not_listen_is_named()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        Assert.False(ServiceManager.IsPresent);
        Assert.False(ServiceManager.Notify("READY=1"));
        var nowhere = Path.Combine(_folder.FullName, "nowhere");
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", nowhere);
        var failure = Assert.Throws<LinuxException>(() => ServiceManager.Notify("READY=1"));
        Assert.Equal((Errno.ENOENT, nowhere), (failure.Errno, failure.Subject));
    }

    [Fact]
    public void A_watchdog_is_fed_where_the_manager_asks_this_process_for_it()
    {
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", null);
        Assert.Null(ServiceManager.WatchdogPeriod);
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", "1500000");
        Assert.Equal(TimeSpan.FromSeconds(1.5), ServiceManager.WatchdogPeriod);
        Environment.SetEnvironmentVariable("WATCHDOG_PID", "1");
        Assert.Null(ServiceManager.WatchdogPeriod);
        Environment.SetEnvironmentVariable("WATCHDOG_PID", $"{Environment.ProcessId}");
        Assert.NotNull(ServiceManager.WatchdogPeriod);
    }

    [Fact]
    public void Sockets_for_another_process_are_left_alone()
    {
        Environment.SetEnvironmentVariable("LISTEN_FDS", "1");
        Environment.SetEnvironmentVariable("LISTEN_PID", "1");
        Environment.SetEnvironmentVariable("LISTEN_FDNAMES", "one");
        Assert.Empty(ServiceManager.TakeListenFds());
        Assert.Null(Environment.GetEnvironmentVariable("LISTEN_FDS"));
        Assert.Null(Environment.GetEnvironmentVariable("LISTEN_FDNAMES"));
    }

    private ServiceManagerPeer Manager()
    {
        var path = Path.Combine(_folder.FullName, "notify");
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", path);
        return new ServiceManagerPeer(path);
    }
}
