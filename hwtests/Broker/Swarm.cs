using System.Globalization;
using Devices.HwTests.Siege;
using Devices.Linux;
using Devices.Varlink;

namespace Devices.HwTests.Broker;

/// <summary>Many clients of one user at once: this program again, with the command <c>swarm</c>.</summary>
internal static class Swarm
{
    internal const string Ask = "again";
    internal const string Answered = "all answered";

    /// <summary>How many were served, and how many were told that there are too many.</summary>
    internal static string Counts(int served, int refused) => $"{served} served, {refused} refused";

    internal static SiegedProcess Start(int user, string socket, int count) => SiegedProcess.StartSelf(user, "swarm", socket, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>Is the swarm: connects them all, has each ask, and keeps those that are served.</summary>
    internal static int Run(string socket, string count)
    {
        var wanted = int.Parse(count, CultureInfo.InvariantCulture);
        var served = new List<BrokerCaller>();
        var refused = 0;
        while (served.Count + refused < wanted)
        {
            if (TryConnect(socket) is not { } caller) continue;
            try
            {
                _ = caller.Status();
                served.Add(caller);
            }
            catch (VarlinkException full) when (full.Error == "io.devkeep.Devices.LimitReached")
            {
                caller.Dispose();
                refused++;
            }
        }

        Console.WriteLine(Counts(served.Count, refused));
        while (Console.ReadLine() is not null)
        {
            foreach (var caller in served) Assert.NotEmpty(caller.Status().Clients);
            Console.WriteLine(Answered);
        }

        return 0;
    }

    // Null where too many wait to be accepted: a client tries again.
    private static BrokerCaller? TryConnect(string socket)
    {
        try
        {
            return new BrokerCaller(socket);
        }
        catch (LinuxException full) when (full.Errno == Errno.EAGAIN)
        {
            Thread.Sleep(1);
            return null;
        }
    }
}
