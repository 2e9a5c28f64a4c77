using Devices.Broker;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;
using Devices.Varlink;
using Devices.Vfio;
using static Devices.HwTests.Broker.BrokerCaller;

namespace Devices.HwTests.Broker;

/// <summary>Devices that go from client to client, and what the kernel does meanwhile.</summary>
public sealed class BrokerTests : IDisposable
{
    private const long MemoryMiB = 8;

    // root here stands for one user among others: that it is root gives it nothing.
    private static readonly string s_policy = $$"""
        {
          "rules": [
            { "name": "tests", "user": "root", "devices": ["{{BoundDevice.NvmeFunction().Ids}}", "{{BoundDevice.EduFunction().Address}}"], "memoryMiB": {{MemoryMiB}} },
            { "name": "vm", "user": "{{UnprivilegedGuest.User}}", "unit": "vm@.service", "devices": ["{{BoundDevice.NvmeFunction().Address}}"] }
          ]
        }
        """;

    private readonly BorrowedFunction _nvme = new(BoundDevice.NvmeFunction());
    private readonly RunningBroker _broker = new(s_policy);

    private PciAddress Nvme => _nvme.Function.Address;

    public void Dispose()
    {
        _broker.Dispose();
        _nvme.Dispose();
    }

    [SkippableFact]
    public void A_device_has_one_client_and_is_reset_before_the_next()
    {
        using var resets = new KernelCalls(KernelCalls.FunctionLevelReset);
        using var watcher = _broker.Connect();
        using var events = watcher.Watch();
        using var second = _broker.Connect();
        using (var first = _broker.Connect())
        {
            var claimed = Assert.Single(first.Claim(Nvme));
            Assert.Equal((DeviceState.Claimed, true), (claimed.State, claimed.Mine));
            Assert.InRange(resets.Count, 1, long.MaxValue);
            Assert.Equal(DeviceState.Claimed, Assert.Single(first.Claim(Nvme)).State); // again changes nothing
            Refused("AlreadyClaimed", () => second.Claim(Nvme));
            Refused("NotClaimed", () => second.Open(Nvme));
            Refused("NotClaimed", () => second.Release(Nvme));
            using (var nvme = GuestNvme.Start(first.Open(Nvme)))
            {
                nvme.Work();
                Assert.Equal((DeviceState.Opened, false), (second.Find(Nvme).State, second.Find(Nvme).Mine));
                using var again = first.Open(Nvme).Cdev;
                using var context = Devices.Iommufd.IommuContext.Open();
                Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => again.Bind(context)).Errno);
            }

            // Besides that of the client's own close: one at the service's bind, one at its close.
            var atClose = resets.Count;
            Assert.Equal(DeviceState.Free, Assert.Single(first.Release(Nvme)).State);
            Assert.Equal(2, resets.Count - atClose);
            second.Claim(Nvme);
            using (var nvme = GuestNvme.Start(second.Open(Nvme))) nvme.Work();
        }

        // With the connection the claim ends too.
        second.Dispose();
        Assert.Equal(
            [Happening.Claimed, Happening.Refused, Happening.Refused, Happening.Refused, Happening.Opened, Happening.Opened, Happening.Released, Happening.Reset],
            BrokerCaller.Until(events, Happening.Reset, Nvme).Select(static happened => happened.Event));
        var rest = BrokerCaller.Until(events, Happening.Reset, Nvme);
        Assert.Equal([Happening.Claimed, Happening.Opened, Happening.Released, Happening.Reset], rest.Select(static happened => happened.Event));
        Assert.Equal(Environment.ProcessId, rest[0].Client?.Pid);
    }

    [SkippableFact]
    public void A_program_without_rights_drives_a_device_and_when_it_is_killed_in_the_midst_the_next_gets_it_reset()
    {
        using var watcher = _broker.Connect();
        using var events = watcher.Watch();
        using var next = _broker.Connect();
        using var guest = UnprivilegedGuest.Start(_broker.SocketPath, Nvme);
        Refused("AlreadyClaimed", () => next.Claim(Nvme));
        Assert.Equal((guest.Id, UnprivilegedGuest.User, UnprivilegedGuest.Unit), Assert.Single(next.Status().Clients, each => each.Devices.Count == 1) is { } client ? (client.Pid, client.User, client.Unit) : default);
        guest.Kill();
        var happened = BrokerCaller.Until(events, Happening.Reset, Nvme).Select(static each => each.Event).ToList();
        Assert.Equal([Happening.Released, Happening.Reset], happened[^2..]);
        next.Claim(Nvme);
        using var nvme = GuestNvme.Start(next.Open(Nvme));
        nvme.Work();
    }

    [SkippableFact]
    public void A_device_that_another_process_still_drives_is_parked_until_it_ends()
    {
        using var keeper = KeeperProcess.Start("/run/devkeepd-test-keeper/keeper.sock");
        using var watcher = _broker.Connect();
        using var events = watcher.Watch();
        using var next = _broker.Connect();
        using (var client = _broker.Connect())
        {
            client.Claim(Nvme);
            using var nvme = GuestNvme.Start(client.Open(Nvme));
            nvme.Work();
            using var accomplice = keeper.Connect();
            accomplice.Put("device", nvme.Device.Fd);
        }

        Assert.Contains($"pid {keeper.Id}", BrokerCaller.Until(events, Happening.Parked, Nvme)[^1].Cause, StringComparison.Ordinal);
        var parked = next.Find(Nvme);
        Assert.Equal((DeviceState.Parked, keeper.Id), (parked.State, (int)Assert.Single(parked.Holders).Pid));
        Assert.Contains("may be doing DMA", parked.Cause, StringComparison.Ordinal);
        Assert.Equal(keeper.Id, Refused("NotReady", () => next.Claim(Nvme)).Parameters.GetProperty("holders")[0].GetProperty("pid").GetInt32());
        keeper.Kill();
        BrokerCaller.Until(events, Happening.Reset, Nvme);
        next.Claim(Nvme);
        using var after = GuestNvme.Start(next.Open(Nvme));
        after.Work();
    }

    [SkippableFact]
    public void A_file_that_was_never_bound_cannot_take_the_device_later()
    {
        using var keeper = KeeperProcess.Start("/run/devkeepd-test-keeper/keeper.sock");
        using var accomplice = keeper.Connect();
        using var watcher = _broker.Connect();
        using var events = watcher.Watch();
        using (var client = _broker.Connect())
        {
            // Somebody's who is no client, first: the device is not claimed then.
            using (var other = VfioCdev.Open(Nvme)) accomplice.Put("device", other.Fd);
            Assert.Equal(keeper.Id, Refused("NotReady", () => client.Claim(Nvme)).Parameters.GetProperty("holders")[0].GetProperty("pid").GetInt32());
            Assert.Equal(DeviceState.Free, client.Find(Nvme).State);
            accomplice.Remove("device");

            client.Claim(Nvme);
            var (cdev, context) = client.Open(Nvme);
            accomplice.Put("device", cdev.Fd);
            cdev.Dispose();
            context.Dispose();
        }

        Assert.Contains($"pid {keeper.Id}", BrokerCaller.Until(events, Happening.Parked, Nvme)[^1].Cause, StringComparison.Ordinal);
        using (var file = accomplice.Get("device")!)
        using (var stale = VfioCdev.FromFd(file))
        using (var context = Devices.Iommufd.IommuContext.Open())
        {
            Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => stale.Bind(context)).Errno);
        }

        accomplice.Remove("device");
        BrokerCaller.Until(events, Happening.Reset, Nvme);
    }

    [SkippableFact]
    public void A_bound_descriptor_on_its_way_through_a_socket_parks_the_device_too()
    {
        var (sender, receiver) = UnixStream.Pair();
        using var client = _broker.Connect();
        client.Claim(Nvme);
        using (receiver)
        using (sender)
        {
            using (var nvme = GuestNvme.Start(client.Open(Nvme))) Assert.Equal(Errno.None, sender.TrySend("x"u8, [nvme.Device.Fd], Patience.Limit));
            var parked = Assert.Single(client.Release(Nvme));
            Assert.Equal((DeviceState.Parked, 0), (parked.State, parked.Holders.Count));
            Assert.Contains("in no process that can be seen", parked.Cause, StringComparison.Ordinal);
        }

        Assert.True(Patience.Until(() => client.Find(Nvme).State == DeviceState.Free));
    }

    [SkippableFact]
    public void A_device_without_a_reset_goes_to_nobody_and_a_claim_is_all_or_nothing()
    {
        using var edu = new BorrowedFunction(BoundDevice.EduFunction());
        using var client = _broker.Connect();
        Assert.Contains("no reset", Refused("Unavailable", () => client.Claim(Nvme, edu.Function.Address)).Message, StringComparison.Ordinal);
        Assert.Equal(DeviceState.Free, client.Find(Nvme).State);
        Assert.Equal(DeviceState.Free, client.Find(edu.Function.Address).State);
        Assert.Empty(client.Status().Clients[0].Devices);
    }

    [SkippableFact]
    public void Reset_methods_that_were_taken_away_come_back_for_a_client()
    {
        _nvme.Function.ResetMethods.Clear();
        using var client = _broker.Connect();
        client.Claim(Nvme);
        Assert.False(_nvme.Function.ResetMethods.IsCleared);
    }

    [SkippableFact]
    public void What_is_not_given_by_a_rule_is_refused_and_what_is_no_address_never_looked_for()
    {
        using var client = _broker.Connect();
        var other = PciFunction.EnumerateAll().First(function => function.ClassCode.Value >> 16 == 6).Address;
        Refused("NotAllowed", () => client.Claim(other));
        Refused("NotAllowed", () => client.Claim(new PciAddress(0, 0xff, 0x1f, 7)));
        foreach (var name in new[] { "", "../0000:00:00.0", "0000:01:00.0/../0000:02:00.0", "0000:01:00.0\n" })
        {
            var refused = Assert.Throws<VarlinkException>(() =>
                client.Client.Call("Claim", new DeviceNames([name]), BrokerJson.Default.DeviceNames, BrokerJson.Default.DeviceReports));
            Assert.Equal(("org.varlink.service.InvalidParameter", "devices[0]"), (refused.Error, refused.Parameters.GetProperty("parameter").GetString()));
        }

        using var nobody = new RunningBroker("""{ "rules": [ { "name": "others", "user": "65533", "devices": ["group:0"], "memoryMiB": 1 } ] }""");
        using var root = nobody.Connect();
        Refused("NotAllowed", () => root.Claim(Nvme));
        Refused("NotAllowed", () => root.CreateMemory("ram", PageSize.Bytes));
    }

    [SkippableFact]
    public void A_device_that_another_driver_has_is_said_to_be()
    {
        new DriverBinding().Unbind(_nvme.Function);
        using var client = _broker.Connect();
        Assert.Contains("devkeep bind", Refused("Unavailable", () => client.Claim(Nvme)).Message, StringComparison.Ordinal);
        Assert.Equal(DeviceState.Unavailable, client.Find(Nvme).State);
        new DriverBinding().Bind(_nvme.Function, "vfio-pci");
    }

    [SkippableFact]
    public void A_device_that_goes_is_told_of_and_can_be_claimed_when_it_is_back()
    {
        using var watcher = _broker.Connect();
        using var events = watcher.Watch();
        using var client = _broker.Connect();
        client.Claim(Nvme);
        new DriverBinding().Unbind(_nvme.Function);
        BrokerCaller.Until(events, Happening.Gone, Nvme);
        Refused("Unavailable", () => client.Open(Nvme));
        client.Release(Nvme);
        new DriverBinding().Bind(_nvme.Function, "vfio-pci");
        client.Claim(Nvme);
    }

    [SkippableFact]
    public void Memory_has_a_sealed_size_and_the_policy_s_limit()
    {
        const long MiB = 1 << 20;
        using var client = _broker.Connect();
        var (memory, descriptors) = client.CreateMemory("ram", (MemoryMiB - 1) * MiB);
        Assert.Equal((1, (MemoryMiB - 1) * MiB, MemFdSeals.FixedSize), (descriptors, memory.Length, memory.Seals));
        memory.Dispose();
        using (var other = _broker.Connect())
        {
            Assert.Equal(MiB, Refused("LimitReached", () => other.CreateMemory("more", 2 * MiB)).Parameters.GetProperty("left").GetInt64());
            other.CreateMemory("rest", MiB).Memory.Dispose();
            Assert.Equal(0, other.Status().MemoryLeft);
        }

        Assert.True(Patience.Until(() => client.Status().MemoryLeft == MiB)); // its connection has ended
        foreach (var (name, size) in new[] { ("", MiB), ("a/b", MiB), ("odd", MiB + 1), ("none", 0), ("less", -MiB) })
        {
            Assert.Equal("org.varlink.service.InvalidParameter", Assert.Throws<VarlinkException>(() => client.CreateMemory(name, size)).Error);
        }
    }
}
