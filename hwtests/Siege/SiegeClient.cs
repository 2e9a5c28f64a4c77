using System.Collections.Concurrent;
using System.Security.Cryptography;
using Devices.HwTests.Broker;
using Devices.Linux;
using Devices.Pci;
using Devices.Varlink;

namespace Devices.HwTests.Siege;

/// <summary>A client without rights: it claims an NVMe controller and has it do DMA without end, has memory of devkeepd's, and says how far it has come.</summary>
internal static class SiegeClient
{
    internal const string Command = "siege-client";
    internal const string Claimed = "claimed";
    internal const string Opened = "opened";
    internal const string Ready = "ready";

    /// <summary>Answered when the device has worked from here on, and its memory is what it was.</summary>
    internal const string DoWork = "work";

    internal const string Worked = "worked";

    /// <summary>Answered when it has taken up what it had at an earlier run of the service.</summary>
    internal const string Resume = "resume";

    internal const string Resumed = "resumed";

    internal const long MemoryBytes = 1 << 20;

    private const int ReadBytes = 64 << 10;

    internal static int Run(string socket, string device)
    {
        try
        {
            Work(socket, device);
            return 0;
        }
        catch (Exception refused) when (refused is VarlinkException or VarlinkProtocolException or LinuxException or TimeoutException)
        {
            Console.Error.WriteLine($"client: {refused.Message}");
            return 1;
        }
    }

    private static void Work(string socket, string device)
    {
        var address = PciAddress.Parse(device);
        var caller = new BrokerCaller(socket);
        caller.Claim(address);
        Console.WriteLine(Claimed);
        var opened = caller.Open(address);
        Console.WriteLine(Opened);
        using var memory = caller.CreateMemory("siege", MemoryBytes).Memory;
        var content = new byte[MemoryBytes];
        RandomNumberGenerator.Fill(content);
        memory.Fd.WriteExactlyAt(content, 0);
        var hash = SHA256.HashData(content);
        using var nvme = GuestNvme.Start(opened);
        var first = new byte[ReadBytes];
        nvme.Read(first);
        var asked = Listen();
        Console.WriteLine(Ready);
        var read = new byte[ReadBytes];
        while (true)
        {
            var isAsked = asked.TryDequeue(out var word);
            nvme.Read(read);
            if (!read.AsSpan().SequenceEqual(first)) throw new InvalidDataException("The disk reads otherwise than before.");
            if (!isAsked) continue;
            if (word == Resume)
            {
                caller.Dispose();
                caller = new BrokerCaller(socket);
                var resumed = caller.Resume(address);
                if (resumed.Devices.Count != 1 || resumed.Memory != MemoryBytes) throw new InvalidDataException($"Resumed were {resumed.Devices.Count} devices and {resumed.Memory} bytes.");
                Console.WriteLine(Resumed);
                continue;
            }

            if (!hash.AsSpan().SequenceEqual(HashOf(memory))) throw new InvalidDataException("The memory is otherwise than before.");
            Console.WriteLine(Worked);
        }
    }

    private static byte[] HashOf(MemFd memory)
    {
        var bytes = new byte[memory.Length];
        memory.Fd.ReadExactlyAt(bytes, 0);
        return SHA256.HashData(bytes);
    }

    private static ConcurrentQueue<string> Listen()
    {
        var words = new ConcurrentQueue<string>();
        var thread = new Thread(() =>
        {
            while (Console.ReadLine() is { } word) words.Enqueue(word);
        });
        thread.IsBackground = true;
        thread.Start();
        return words;
    }
}
