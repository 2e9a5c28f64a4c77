using Devices.Broker;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;
using static Devices.HwTests.Broker.BrokerCaller;

namespace Devices.HwTests.Broker;

/// <summary>devkeepd ends, however it does, and its next run goes on with what its clients have.</summary>
public sealed class DevkeepdRestartTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const string WithoutDevices = """{ "rules": [ { "name": "tests", "user": "root", "memoryMiB": 8 } ] }""";

    // root here stands for one user among others, and another one than the guest's.
    private static readonly string s_policy = $$"""
        {
          "rules": [
            { "name": "tests", "user": "root", "devices": ["{{BoundDevice.NvmeFunction().Address}}"], "memoryMiB": 8 },
            { "name": "vm", "user": "{{UnprivilegedGuest.User}}", "devices": ["{{BoundDevice.NvmeFunction().Address}}"] }
          ]
        }
        """;

    private readonly BorrowedFunction _nvme = new(BoundDevice.NvmeFunction());
    private readonly ManagedDevkeepd _service = new(s_policy);

    private PciAddress Nvme => _nvme.Function.Address;

    public void Dispose()
    {
        _service.Dispose();
        _nvme.Dispose();
    }

    [SkippableFact]
    public void A_client_works_on_when_the_service_is_killed_or_replaced_and_takes_up_what_it_had()
    {
        using var before = _service.Connect();
        Assert.Empty(before.Resume().Devices);
        before.Claim(Nvme);
        before.CreateMemory("ram", 2 * MiB).Memory.Dispose();
        using (var nvme = GuestNvme.Start(before.Open(Nvme)))
        {
            _service.Kill();
            nvme.Work();
            _service.Start();
            using var between = _service.Connect();
            Assert.Equal((DeviceState.Kept, false), (between.Find(Nvme).State, between.Find(Nvme).Mine));
            var former = Assert.Single(between.Status().Clients, static client => !client.Connected);
            Assert.Equal((Environment.ProcessId, 2 * MiB, Nvme.ToString()), ((int)former.Pid, former.Memory, Assert.Single(former.Devices)));
            Assert.Contains("Resume", Refused("AlreadyClaimed", () => between.Claim(Nvme)).Message, StringComparison.Ordinal);
            using var watcher = _service.Connect();
            using var events = watcher.Watch();
            var resumed = between.Resume(Nvme);
            Assert.Equal((DeviceState.Opened, true, 2 * MiB), (Assert.Single(resumed.Devices).State, resumed.Devices[0].Mine, resumed.Memory));
            Assert.Equal(Happening.Resumed, Until(events, Happening.Resumed, Nvme)[^1].Event);
            Assert.DoesNotContain(between.Status().Clients, static client => !client.Connected);
            nvme.Work();

            _service.Stop();
            nvme.Work();
            _service.Start();
            nvme.Work();
        }

        using var after = _service.Connect();
        Assert.Equal(6 * MiB, after.Status().MemoryLeft);
        after.Resume();
        Assert.Equal(DeviceState.Free, Assert.Single(after.Release(Nvme)).State);
        after.Claim(Nvme);
        using (var nvme = GuestNvme.Start(after.Open(Nvme))) nvme.Work();
        after.Dispose();
        Assert.True(Patience.Until(() => _service.Manager.Store.Count == 0));
        using var last = _service.Connect();
        Assert.Equal(8 * MiB, last.Status().MemoryLeft);
    }

    [SkippableFact]
    public void The_device_of_a_client_that_ends_with_the_service_or_after_it_is_reset_and_free()
    {
        using (var guest = UnprivilegedGuest.Start(_service.SocketPath, Nvme))
        {
            _service.Kill();
            guest.Kill();
            using var resets = new KernelCalls(KernelCalls.FunctionLevelReset);
            _service.Start();
            using var next = _service.Connect();
            Assert.True(Patience.Until(() => next.Find(Nvme).State == DeviceState.Free));
            Assert.InRange(resets.Count, 2, long.MaxValue);
        }

        using (var guest = UnprivilegedGuest.Start(_service.SocketPath, Nvme))
        {
            _service.Kill();
            _service.Start();
            using var next = _service.Connect();
            using var watcher = _service.Connect();
            using var events = watcher.Watch();
            Assert.Equal(DeviceState.Kept, next.Find(Nvme).State);
            Assert.Equal((guest.Id, UnprivilegedGuest.User), Assert.Single(next.Status().Clients, static client => !client.Connected) is { } kept ? (kept.Pid, kept.User) : default);
            Assert.DoesNotContain("Resume", Refused("AlreadyClaimed", () => next.Claim(Nvme)).Message, StringComparison.Ordinal);
            Assert.Empty(next.Resume().Devices); // it is another process's
            Refused("NotClaimed", () => next.Resume(Nvme));
            guest.Kill();
            var happened = Until(events, Happening.Reset, Nvme).Select(static each => each.Event).ToList();
            Assert.Equal([Happening.Released, Happening.Reset], happened[^2..]);
            next.Claim(Nvme);
            using var nvme = GuestNvme.Start(next.Open(Nvme));
            nvme.Work();
        }
    }

    [SkippableFact]
    public void What_was_damaged_or_is_no_longer_allowed_goes_to_nobody_before_it_is_closed_and_reset()
    {
        using var before = _service.Connect();
        before.Claim(Nvme);
        using (var nvme = GuestNvme.Start(before.Open(Nvme)))
        {
            _service.Kill();
            using (var file = _service.Manager.Store.Single(static kept => kept.Fd.LinkTarget.Contains("memfd:client-", StringComparison.Ordinal)).Fd.Duplicate())
            {
                foreach (var half in new[] { 0, MiB }) file.WriteExactlyAt("damaged"u8, half + 60);
            }

            _service.Start();
            Assert.True(Patience.Until(() => _service.Manager.Store.Count == 0));
            using var other = _service.Connect();
            Assert.Equal(Environment.ProcessId, Refused("NotReady", () => other.Claim(Nvme)).Parameters.GetProperty("holders")[0].GetProperty("pid").GetInt32());
            nvme.Work();
        }

        using var client = _service.Connect();
        client.Claim(Nvme);
        using (var nvme = GuestNvme.Start(client.Open(Nvme)))
        {
            _service.Kill();
            _service.Start(WithoutDevices);
            using var root = _service.Connect();
            Refused("NotClaimed", () => root.Resume(Nvme));
            Assert.True(Patience.Until(() => root.Find(Nvme).State == DeviceState.Parked));
            Assert.Equal(Environment.ProcessId, Assert.Single(root.Find(Nvme).Holders).Pid);
            nvme.Work();
        }

        using var last = _service.Connect();
        Assert.True(Patience.Until(() => last.Find(Nvme).State == DeviceState.Free));
        // It is free first: a service that ended in between would reset it once more, and no harm done.
        Assert.True(Patience.Until(() => _service.Manager.Store.Count == 0));
    }
}
