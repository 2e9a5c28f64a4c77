using System.Text;
using Devices.Linux;

namespace Devices.Tests.Varlink.Fuzz;

/// <summary>A client that sends a barrage, then a call that is right, and listens until that is answered or the service has hung up.</summary>
internal static class BarrageRun
{
    private const string Last = """{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"the last"}}""";
    private static readonly byte[] s_last = Encoding.UTF8.GetBytes($"\0{Last}\0");
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Sends it.</summary>
    /// <param name="socket">A connection.</param>
    /// <param name="barrage">What to send.</param>
    /// <param name="passed">What goes as its descriptors.</param>
    /// <param name="longest">The longest message that the service takes.</param>
    /// <param name="mostDescriptors">The most descriptors that it takes with one.</param>
    /// <returns>The replies, that to the right call aside.</returns>
    /// <exception cref="InvalidDataException">What the service sent, or did not, is wrong.</exception>
    internal static IReadOnlyList<byte[]> Send(UnixStream socket, Barrage barrage, FileDescriptor passed, int longest, int mostDescriptors)
    {
        foreach (var (bytes, descriptors) in barrage.Pieces.Append((s_last, 0)))
        {
            if (socket.TrySend(bytes, [.. Enumerable.Repeat(passed, descriptors)], s_patience) != Errno.None) break;
        }

        var (replies, whole) = Listen(socket);
        var answered = replies.Count > 0 && Encoding.UTF8.GetString(replies[^1]).Contains("the last", StringComparison.Ordinal);
        if (answered) replies.RemoveAt(replies.Count - 1);
        if (replies.Find(static reply => !CallModel.IsReply(reply)) is { } wrong) throw new InvalidDataException($"no reply: {Encoding.UTF8.GetString(wrong)}");
        if (!whole) throw new InvalidDataException("the last reply has no end");
        var (expected, lives) = CallModel.Expect([.. barrage.Bytes, .. s_last], longest);
        // Where there were too many descriptors it may end at any call.
        if (barrage.Descriptors <= mostDescriptors ? (replies.Count, answered) != (lives ? expected - 1 : expected, lives) : replies.Count > expected)
            throw new InvalidDataException($"{replies.Count} replies and {(answered ? "still" : "no longer")} connected instead of {expected} and {lives}");
        return replies;
    }

    private static (List<byte[]> Replies, bool Whole) Listen(UnixStream socket)
    {
        var heard = new List<byte>();
        var replies = new List<byte[]>();
        var buffer = new byte[1 << 16];
        while (replies.Count == 0 || !Encoding.UTF8.GetString(replies[^1]).Contains("\"the last\"", StringComparison.Ordinal))
        {
            if (!TryReceive(socket, buffer, out var length)) break;
            heard.AddRange(buffer[..length]);
            while (heard.IndexOf(0) is >= 0 and var end)
            {
                replies.Add([.. heard[..end]]);
                heard.RemoveRange(0, end + 1);
            }
        }

        return (replies, heard.Count == 0);
    }

    private static bool TryReceive(UnixStream socket, byte[] buffer, out int length)
    {
        length = 0;
        try
        {
            if (!socket.TryReceive(buffer, s_patience, out var received)) throw new InvalidDataException("neither answered nor disconnected");
            foreach (var descriptor in received.Descriptors) descriptor.Dispose();
            length = received.Length;
            return length > 0;
        }
        catch (LinuxException reset) when (reset.Errno == Errno.ECONNRESET)
        {
            return false; // it did not read all that was sent
        }
    }
}
