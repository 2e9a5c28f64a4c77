using System.Security.Cryptography;
using Devices.HwTests.Broker;
using Devices.Linux;
using Devices.Pci;
using Devices.Varlink;

namespace Devices.HwTests.Systemd;

/// <summary>
/// A program without rights that is a unit of systemd's: it drives a device of devkeepd's, has memory, and takes both up when the service was replaced.
/// This program again, with the command <c>managed-guest</c>.
/// </summary>
internal static class ManagedGuest
{
    internal const string Command = "managed-guest";
    internal const string Unit = "vm@one.service";
    internal const int User = UnprivilegedGuest.User;
    internal const long MemoryBytes = 2 << 20;
    private const string Template = "vm@.service";
    private const string Installed = "/usr/lib/devkeep-lab/hwtests/Devices.HwTests";

    /// <summary>Has the unit be there, not started.</summary>
    internal static void Install(PciAddress device) => Units.Write(Template, $"""
        [Service]
        Type=notify
        User={User}
        ExecStart={Installed} {Command} /run/devkeepd/devices.sock {device}
        StandardError=journal
        TimeoutStartSec=120
        Environment=DOTNET_EnableDiagnostics=0
        """);

    /// <summary>Starts it, and waits until its device works.</summary>
    internal static void Start() => Units.Do("start", Unit);

    /// <summary>Waits until it has taken up what it had so often.</summary>
    internal static void AwaitResumed(int times) => Units.Await(Unit, "StatusText", Resumed(times));

    internal static void Uninstall()
    {
        Units.Do("stop", Unit);
        Units.Delete(Template);
    }

    /// <summary>Is the guest.</summary>
    internal static int Run(string socket, string device)
    {
        var address = PciAddress.Parse(device);
        // What the service is there for: alone it can open neither.
        foreach (var path in new[] { "/dev/iommu", $"/dev/vfio/devices/{PciFunction.Open(address).VfioCdevName}" })
        {
            Assert.Null(FileDescriptor.TryOpen(path, OpenMode.ReadWrite, out var errno));
            Assert.Equal(Errno.EACCES, errno);
        }

        var caller = new BrokerCaller(socket);
        Assert.Equal(Unit, Assert.Single(caller.Status().Clients).Unit);
        caller.Claim(address);
        using var memory = caller.CreateMemory("ram", MemoryBytes).Memory;
        var content = new byte[MemoryBytes];
        RandomNumberGenerator.Fill(content);
        memory.Fd.WriteExactlyAt(content, 0);
        using var nvme = GuestNvme.Start(caller.Open(address));
        nvme.Work();
        _ = ServiceManager.Notify("READY=1");
        for (var resumed = 0; ;)
        {
            // The emulated CPUs are there for the services too.
            Thread.Sleep(50);
            nvme.Work();
            var found = new byte[MemoryBytes];
            memory.Fd.ReadExactlyAt(found, 0);
            Assert.True(found.AsSpan().SequenceEqual(content));
            if (Answers(caller)) continue;
            caller.Dispose();
            caller = new BrokerCaller(socket);
            var reply = caller.Resume(address);
            Assert.Equal((address.ToString(), MemoryBytes), (Assert.Single(reply.Devices).Address, reply.Memory));
            _ = ServiceManager.Notify($"STATUS={Resumed(++resumed)}");
        }
    }

    private static string Resumed(int times) => $"resumed {times}";

    private static bool Answers(BrokerCaller caller)
    {
        try
        {
            return caller.Status().Clients.Count > 0;
        }
        catch (Exception ended) when (ended is LinuxException or VarlinkProtocolException)
        {
            return false;
        }
    }
}
