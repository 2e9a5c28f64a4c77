using System.Net.Sockets;
using System.Text;
using Devices.Broker;
using Devices.HwTests.Broker;
using Devices.HwTests.Lab;
using Devices.Pci;

namespace Devices.HwTests.Systemd;

/// <summary>devkeepd by its units as they are shipped, with systemd as PID 1.</summary>
[Guest("systemd")]
public sealed class DevkeepdUnitTests : IDisposable
{
    private const string Socket = "/run/devkeepd/devices.sock";
    private const string Metrics = "/run/devkeepd/metrics.sock";
    private const string DropIn = $"{Units.Devkeepd}.d/test.conf";

    private readonly BorrowedFunction _nvme = new(Units.Nvme());

    public DevkeepdUnitTests()
    {
        Units.WritePolicy(Policy(Nvme.ToString()));
        ManagedGuest.Install(Nvme);
        Units.Do("start", Units.DevkeepdSocket);
        Assert.Equal("inactive", Units.Show(Units.Devkeepd, "ActiveState"));
    }

    private PciAddress Nvme => _nvme.Function.Address;

    public void Dispose()
    {
        ManagedGuest.Uninstall();
        Units.Do("stop", Units.DevkeepdSocket, Units.Devkeepd);
        _nvme.Dispose();
    }

    [SkippableFact]
    public void A_client_starts_the_service_by_its_socket_and_keeps_device_and_memory_over_its_end_and_its_restart()
    {
        ManagedGuest.Start();
        Assert.Equal("active", Units.Show(Units.Devkeepd, "ActiveState"));
        Assert.Equal(2, Units.Stored(Units.Devkeepd)); // the client's process, and what it has
        using (var root = new BrokerCaller(Socket)) Assert.Equal(DeviceState.Opened, root.Find(Nvme).State);

        using (var resets = new KernelCalls(KernelCalls.FunctionLevelReset))
        {
            // So that it cannot take up what it has before that was seen.
            Units.Do("kill", "--signal=STOP", ManagedGuest.Unit);
            Units.Kill(Units.Devkeepd);
            using (var root = new BrokerCaller(Socket))
            {
                Assert.Equal(DeviceState.Kept, root.Find(Nvme).State);
                var former = Assert.Single(root.Status().Clients, static client => !client.Connected);
                Assert.Equal(
                    (Units.ShowNumber(ManagedGuest.Unit, "MainPID"), ManagedGuest.User, ManagedGuest.Unit, ManagedGuest.MemoryBytes),
                    (former.Pid, former.User, former.Unit, former.Memory));
            }

            Units.Do("kill", "--signal=CONT", ManagedGuest.Unit);
            ManagedGuest.AwaitResumed(1);
            using (var root = new BrokerCaller(Socket)) Assert.Equal(DeviceState.Opened, root.Find(Nvme).State);

            Units.Do("restart", Units.Devkeepd);
            ManagedGuest.AwaitResumed(2);
            Assert.Equal(2, Units.Stored(Units.Devkeepd));
            Assert.Equal(0, resets.Count);

            Units.Do("kill", "--signal=KILL", ManagedGuest.Unit);
            using var last = new BrokerCaller(Socket);
            Assert.True(Units.Within(() => last.Find(Nvme).State == DeviceState.Free));
            Assert.InRange(resets.Count, 2, long.MaxValue);
        }

        Units.Await(Units.Devkeepd, "NFileDescriptorStore", "0");
    }

    [SkippableFact]
    public void A_reload_takes_a_device_back_and_a_service_that_hangs_is_replaced()
    {
        // The watchdog's time is the unit's 30 s, and then the 20 s for a process that does not end; here they are shorter. The rest is as documented.
        Units.Write(DropIn, $"""
            [Service]
            WatchdogSec=8s
            TimeoutAbortSec=1s
            ReadWritePaths=/run/devkeepd
            ExecStart=
            ExecStart=/usr/bin/devkeepd --policy {Units.PolicyPath} --metrics {Metrics}
            """);
        try
        {
            // It brings reset methods back that somebody took away, for which it writes to sysfs.
            _nvme.Function.ResetMethods.Clear();
            ManagedGuest.Start();
            Assert.False(_nvme.Function.ResetMethods.IsCleared);
            Assert.Contains("devkeepd_devices{state=\"opened\"} 1", Scrape(), StringComparison.Ordinal);

            Units.Do("kill", "--kill-who=main", "--signal=STOP", Units.Devkeepd);
            Units.AwaitRestart(Units.Devkeepd, 1);
            ManagedGuest.AwaitResumed(1);

            Units.WritePolicy("nonsense");
            Units.Do("reload", Units.Devkeepd);
            Assert.True(Units.Within(static () => Units.Show(Units.Devkeepd, "StatusText").Contains("refused", StringComparison.Ordinal)));
            using var root = new BrokerCaller(Socket);
            Assert.Equal(DeviceState.Opened, root.Find(Nvme).State);

            Units.WritePolicy(Policy("0000:ff:00.0"));
            Units.Do("reload", Units.Devkeepd);
            Assert.True(Units.Within(() => root.Find(Nvme).State == DeviceState.Parked));
            // The service finds out whose a descriptor is in the processes of another user.
            Assert.Equal(Units.ShowNumber(ManagedGuest.Unit, "MainPID"), Assert.Single(root.Find(Nvme).Holders).Pid);
            Units.Do("stop", ManagedGuest.Unit);
            Assert.True(Units.Within(() => root.Find(Nvme).State == DeviceState.Free));
        }
        finally
        {
            Units.Do("stop", ManagedGuest.Unit, Units.DevkeepdSocket, Units.Devkeepd);
            Units.Delete(DropIn);
        }
    }

    [SkippableFact]
    public void Sessions_that_no_keeper_holds_outlive_the_service_with_systemd()
    {
        Units.WritePolicy($$"""
            { "rules": [ { "name": "owner", "user": "{{SessionGuest.Owner}}", "devices": ["{{Nvme}}"], "sessions": 3, "sessionMemoryMiB": 65 } ] }
            """);
        using var owner = SessionGuest.Start(SessionGuest.Owner, "preserve", Socket, Nvme);
        owner.Await("preserved");
        Units.Kill(Units.Devkeepd);
        owner.Continue();
        owner.Await("frozen");
        Units.Do("restart", Units.Devkeepd);
        owner.Continue();
        owner.Await("frozen again");
        owner.Continue();
        Assert.Equal(0, owner.ExitCode);
        Assert.InRange(Units.Stored(Units.Devkeepd), 4, int.MaxValue); // three sessions and their list, at least
        using var root = new SessionCaller(Socket);
        Assert.True(root.Ask().OutlivesService);
        foreach (var session in root.List()) root.Discard(session.KernelName);
        Units.Await(Units.Devkeepd, "NFileDescriptorStore", "0");
    }

    private static string Policy(string device) => $$"""
        { "rules": [ { "name": "vm", "user": "{{ManagedGuest.User}}", "unit": "vm@.service", "devices": ["{{device}}"], "memoryMiB": 8 } ] }
        """;

    private static string Scrape()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Metrics));
        socket.Send("GET /metrics HTTP/1.1\r\nHost: devkeepd\r\nConnection: close\r\n\r\n"u8);
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
