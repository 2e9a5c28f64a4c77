using System.Globalization;
using System.Security.Cryptography;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.HwTests.Siege;

/// <summary>A keeper's worker without end: it puts memory, preserves it in sessions, discards and removes, and says each thing before it asks for it and when it is done.</summary>
internal static class SiegeWorker
{
    internal const string Command = "siege-worker";
    internal const string Ready = "ready";
    internal const string Will = "will";
    internal const string Did = "did";

    private const string Prefix = "siege-";
    private const int MemoryBytes = 256 << 10;
    private const int MostMemories = 12;
    private const int MostSessions = 2;
    private const int SessionEvery = 3;

    /// <summary>Goes on from what the keeper holds, until it is killed.</summary>
    internal static int Run(string socket)
    {
        using var keeper = KeeperClient.Connect(socket);
        var next = keeper.List().Select(static kept => NumberOf(kept.Name)).Concat(keeper.Status().Sessions.Select(static session => NumberOf(session.Name.Value))).DefaultIfEmpty(0).Max() + 1;
        Console.WriteLine(Ready);
        for (var number = next; ; number++)
        {
            var content = new byte[MemoryBytes];
            RandomNumberGenerator.Fill(content);
            using (var memory = MemFd.Create(NameOf(number), MemoryBytes))
            {
                memory.Fd.WriteExactlyAt(content, 0);
                Do($"put {NameOf(number)} {Convert.ToHexString(SHA256.HashData(content))}", () => keeper.Put(NameOf(number), memory.Fd));
            }

            if (number % SessionEvery == 0)
            {
                var session = new SessionName(NameOf(number));
                Do($"create {session}", () => keeper.CreateSession(session));
                Do($"preserve {session} {NameOf(number)} 1", () => keeper.Preserve(session, NameOf(number), new FdToken(1)));
            }

            foreach (var session in keeper.Status().Sessions.OrderBy(static session => NumberOf(session.Name.Value)).SkipLast(MostSessions))
                Do($"discard {session.Name}", () => keeper.Discard(session.Name));
            foreach (var kept in keeper.List().Where(static kept => kept.Session is null).OrderBy(static kept => NumberOf(kept.Name)).SkipLast(MostMemories))
                Do($"remove {kept.Name}", () => keeper.Remove(kept.Name));
        }
    }

    private static void Do(string what, Action action)
    {
        Console.WriteLine($"{Will} {what}");
        action();
        Console.WriteLine($"{Did} {what}");
    }

    private static string NameOf(int number) => $"{Prefix}{number.ToString("d6", CultureInfo.InvariantCulture)}";

    private static int NumberOf(string name) => int.Parse(name.AsSpan(Prefix.Length), CultureInfo.InvariantCulture);
}
