using System.Diagnostics;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Lab.Demo;

/// <summary>The keeper, a process of its own that the guest starts beside this one: the same program again.</summary>
internal static class KeeperProcess
{
    internal const string Verb = "keeper";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until it listens.</summary>
    internal static KeeperClient Connect()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return KeeperClient.Connect();
            }
            catch (Exception failure) when (failure is KeeperException or LinuxException && Stopwatch.GetElapsedTime(start) < s_limit)
            {
                Thread.Sleep(5);
            }
        }
    }

    /// <summary>Is the keeper.</summary>
    internal static void Run()
    {
        using var server = KeeperServer.Listen();
        server.RunAsProcess();
    }
}
