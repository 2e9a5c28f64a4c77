using System.Security.Cryptography;
using System.Text;
using Devices.Broker;
using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Broker;

/// <summary>A program without rights, the owner of a session or another one, on either side of a kexec: this program again, with the command <c>session-guest</c>.</summary>
internal sealed class SessionGuest : IDisposable
{
    internal const int Owner = UnprivilegedGuest.User;
    internal const int Stranger = 65533;
    internal const string Session = "vm";
    internal const string Left = "left";
    internal const string Shell = "shell";
    internal const int MemoryLength = 64 << 20;
    private readonly TalkingProcess _process;

    private SessionGuest(TalkingProcess process) => _process = process;

    internal int ExitCode => _process.ExitCode;

    internal static SessionGuest Start(int user, string job, string socket, PciAddress device) => new(TalkingProcess.StartSelfAs(user, "session-guest", job, socket, device.ToString()));

    /// <summary>Lets it go on.</summary>
    internal void Continue() => _process.Continue();

    /// <summary>Waits until it says that it has come so far.</summary>
    internal void Await(string said) => _process.Await(said);

    /// <summary>Is the guest.</summary>
    internal static int Run(string job, string socket, string device)
    {
        var address = PciAddress.Parse(device);
        switch (job)
        {
            case "preserve":
                Preserve(socket, address);
                break;
            case "stranger":
                BeAStranger(socket, address);
                break;
            case "restore":
                Restore(socket, address);
                break;
            default:
                throw new ArgumentException(job, nameof(job));
        }

        return 0;
    }

    public void Dispose() => _process.Dispose();

    private static void Preserve(string socket, PciAddress device)
    {
        using var memory = MemFd.Create("ram", MemoryLength);
        using (var client = new SessionCaller(socket))
        {
            client.Devices.Claim(device);
            using (var nvme = GuestNvme.Start(client.Devices.Open(device)))
            {
                nvme.Work();
                Assert.True(client.Plan(Session, [("ram", memory.Fd)], device) is { Passed: true } plan && plan.Findings.Count > 0);
                Assert.Empty(client.List());
                var preserved = client.Preserve(Session, [("ram", memory.Fd)], device).Session;
                Assert.Equal((SessionState.Preserved, KeptTier.Cold), (preserved.State, Assert.Single(preserved.Devices).Tier));
                // It works on, in memory that is preserved.
                memory.Fd.WriteExactlyAt(Pattern(), 0);
                nvme.Work();
                var open = SessionCaller.Refused("NotReady", () => client.Freeze(Session));
                Assert.Equal(Environment.ProcessId, open.Parameters.GetProperty("holders")[0].GetProperty("pid").GetInt32());
            }

            using var left = MemFd.Create("left", PageSize.Bytes);
            client.Preserve(Left, [("left", left.Fd)]);
        }

        Say("preserved");
        // Meanwhile the service was killed, and runs again.
        using (var client = new SessionCaller(socket))
        {
            Assert.Equal([SessionState.Preserved, SessionState.Preserved], client.List().Select(static session => session.State));
            SessionCaller.Refused("NotClaimed", () => client.Freeze(Session));
            client.Devices.Claim(device);
            Assert.Equal(SessionState.Frozen, client.Freeze(Session).State);
            BrokerCaller.Refused("NotClaimed", () => client.Devices.Open(device));
        }

        Say("frozen");
        // And again. Its new run knows that it is frozen; going back and forth is the same as before.
        using (var client = new SessionCaller(socket))
        {
            Assert.Equal(SessionState.Frozen, client.List()[0].State);
            SessionCaller.Refused("WrongState", () => client.Restore(Session));
            var thawed = client.Thaw(Session);
            Assert.Equal((SessionState.Preserved, true), (thawed.Session.State, Assert.Single(thawed.Devices).Mine));
            using (var nvme = GuestNvme.Start(client.Devices.Open(device))) nvme.Work();
            client.Freeze(Session);
        }

        // By the command, of which a shell without rights has no more than this.
        using var rows = MemFd.Create("rows", Shell.Length); // less than a page
        rows.Fd.WriteExactlyAt(Encoding.ASCII.GetBytes(Shell), 0);
        var told = Devkeep.Json("session", "preserve", Shell, "--memory", $"rows=/proc/{Environment.ProcessId}/fd/{rows.Fd.Number}", "--freeze").GetProperty("sessions")[0];
        Assert.Equal((Shell, "frozen"), (told.GetProperty("name").GetString(), told.GetProperty("state").GetString()));
        Say("frozen again");
    }

    private static void BeAStranger(string socket, PciAddress device)
    {
        using var client = new SessionCaller(socket);
        Assert.Empty(client.List());
        foreach (var call in new Action<string>[] { name => client.Restore(name), name => client.Freeze(name), name => client.Thaw(name), client.Finish, client.Discard })
            SessionCaller.Refused("NotAllowed", () => call(Session));
        Assert.Equal(DeviceState.Kept, client.Devices.Find(device).State);
        BrokerCaller.Refused("AlreadyClaimed", () => client.Devices.Claim(device));
    }

    private static void Restore(string socket, PciAddress device)
    {
        using (var first = new SessionCaller(socket))
        {
            Assert.Equal([(Session, SessionState.Arrived), (Shell, SessionState.Arrived)], first.List().Select(static arrived => (arrived.Name, arrived.State)));
            SessionCaller.Refused("WrongState", () => first.Finish(Session));
            var (memory, devices) = first.Restore(Session);
            Assert.Equal(SHA256.HashData(Pattern()), Checksum(memory["ram"]));
            Assert.True(Assert.Single(devices).Mine, devices[0].Cause);
            using var nvme = GuestNvme.Start(first.Devices.Open(device)); // as a reset leaves it
            nvme.Work();
        }

        // That connection has ended: the device is on its way back, and kept. A program has it next, by the command, and ends.
        string[] command = ["session", "restore", Session, "--", "sh", "-c", "stat -Lc %s /proc/self/fd/$1; readlink /proc/self/fd/$2 /proc/self/fd/$3", "sh", "{memory:ram}", "{iommufd}", $"{{device:{device}}}"];
        var given = (Code: -1, Output: "", Error: "");
        Assert.True(Patience.Until(() => (given = Devkeep.Run(command)).Code == 0), given.Error);
        var files = given.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, files.Length);
        Assert.Equal($"{MemoryLength}", files[0]);
        Assert.Equal("/dev/iommu", files[1]);
        Assert.StartsWith("/dev/vfio/devices/", files[2], StringComparison.Ordinal);

        using var client = new SessionCaller(socket);
        IReadOnlyList<SessionDeviceReport> again = [];
        Assert.True(Patience.Until(() => (again = client.Restore(Session).Devices)[0].Mine));
        Assert.Equal(SHA256.HashData(Pattern()), Checksum(client.Restore(Session).Memory["ram"]));
        Say("restored");
        client.Finish(Session);
        Assert.Equal(Shell, Assert.Single(client.List()).Name);
        using (var nvme = GuestNvme.Start(client.Devices.Open(device))) nvme.Work();
    }

    private static byte[] Checksum(MemFd memory)
    {
        var content = new byte[memory.Length];
        using (memory) memory.Fd.ReadExactlyAt(content, 0);
        return SHA256.HashData(content);
    }

    private static byte[] Pattern()
    {
        var pattern = new byte[MemoryLength];
        new Random(29).NextBytes(pattern);
        return pattern;
    }

    private static void Say(string what)
    {
        TalkingProcess.Say(what);
        Console.ReadLine();
    }
}
