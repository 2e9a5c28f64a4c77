using Devices.HwTests.Siege;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Broker;

/// <summary>A program without rights that no rule names: this program again, with the command <c>stranger</c>. It tries all that there is.</summary>
internal static class Stranger
{
    internal const int User = 65500;
    internal const string Refused = "got nothing";
    internal const string Ask = "what was heard";
    internal const string Heard = "heard 0 events";

    internal static SiegedProcess Start(string socket, PciAddress device) => SiegedProcess.StartSelf(User, "stranger", socket, device.ToString());

    /// <summary>Is the stranger.</summary>
    internal static int Run(string socket, string device)
    {
        var address = PciAddress.Parse(device);
        foreach (var path in new[] { "/dev/iommu", $"/dev/vfio/devices/{PciFunction.Open(address).VfioCdevName}" })
        {
            Assert.Null(FileDescriptor.TryOpen(path, OpenMode.ReadWrite, out var errno));
            Assert.Equal(Errno.EACCES, errno);
        }

        using var watcher = new BrokerCaller(socket);
        using var events = watcher.Watch();
        using var caller = new BrokerCaller(socket);
        Assert.Empty(caller.List());
        BrokerCaller.Refused("NotAllowed", () => caller.Claim(address));
        BrokerCaller.Refused("NotClaimed", () => caller.Open(address));
        BrokerCaller.Refused("NotClaimed", () => caller.Release(address));
        BrokerCaller.Refused("NotClaimed", () => caller.Resume(address));
        Assert.Empty(caller.Resume().Devices);
        BrokerCaller.Refused("NotAllowed", () => caller.CreateMemory("ram", PageSize.Bytes));
        var status = caller.Status();
        Assert.Equal(0, status.MemoryLeft);
        // Its own two connections, and nobody else's.
        Assert.All(status.Clients, static client => Assert.Equal((Environment.ProcessId, User, 0, 0), (client.Pid, client.User, client.Rules.Count, client.Devices.Count)));
        var heard = 0;
        var listener = new Thread(() =>
        {
            try
            {
                while (events.MoveNext()) Interlocked.Increment(ref heard);
            }
            catch (Exception end) when (end is LinuxException or TimeoutException)
            {
                // The test has ended.
            }
        });
        listener.IsBackground = true;
        listener.Start();
        Console.WriteLine(Refused);
        while (Console.ReadLine() is not null) Console.WriteLine($"heard {Volatile.Read(ref heard)} events");
        return 0;
    }
}
