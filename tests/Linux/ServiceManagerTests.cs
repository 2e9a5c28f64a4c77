using System.Net.Sockets;
using System.Text;
using Devices.Linux;

namespace Devices.Tests.Linux;

/// <summary>The service manager's protocols. The variables are the process': these tests are one class, which runs one after the other.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("notify");

    public void Dispose()
    {
        foreach (var variable in new[] { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID" }) Environment.SetEnvironmentVariable(variable, null);
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_told_arrives_as_a_datagram(bool isAbstract)
    {
        var name = Path.Combine(_folder.FullName, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + name : name));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", isAbstract ? '@' + name : name);
        Assert.True(ServiceManager.Notify("READY=1"));
        var heard = new byte[64];
        Assert.Equal("READY=1", Encoding.UTF8.GetString(heard, 0, manager.Receive(heard)));
    }

    [Fact]
    public void Without_a_manager_nobody_is_told_and_one_that_does_not_listen_is_named()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
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
        Assert.Empty(ServiceManager.TakeListenFds());
        Assert.Null(Environment.GetEnvironmentVariable("LISTEN_FDS"));
    }
}
