using System.Text;
using System.Text.Json;
using Devices.Linux;
using Devices.Tests.Linux;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.LiveUpdate;

/// <summary>Whatever is sent to a keeper: each message has one answer that a client can read, and no descriptor but those that were put stays.</summary>
[Collection(CountedAlone.Name)]
public sealed class KeeperFuzzTests
{
    private const int LongestMessage = 65_536;
    private const int LongestSend = 150_000; // the kernel's own limit is 208 KiB
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // Not stop, which is no nonsense.
    private static readonly Gen<string> s_operation = Gen.Elements("put", "get", "remove", "list", "status", "sessions", "preserve", "discard", "retrieve-session", "retrieve-fd", "finish", "", "x", "\\u0000");

    private static readonly Gen<string> s_value = Gen.Frequency(
        (6, Gen.Elements("null", "true", "0", "-1", "1.5", "18446744073709551615", "18446744073709551616", "{}", "[]", "\"\"", "\"a\"", "\"b\"", "\"two words\"", "\"\\ud800\"", "\"é\"", "\"a/b\"")),
        (1, Gen.Elements('x', '<', 'é', '\'').SelectMany(static letter => Gen.Elements(64, 129, 11_000, 60_000).Select(length => $"\"{new string(letter, length)}\""))),
        (1, Gen.Choose(1, 100).Select(static depth => $"{new string('[', depth)}{new string(']', depth)}")));

    [Fact]
    public void Each_message_has_one_answer_and_what_was_not_put_is_closed()
    {
        using var before = new Counted();
        using (var rig = new KeeperRig())
        using (var passed = MemFd.Create("passed", PageSize.Bytes))
        using (var other = rig.Connect())
        {
            Prop.ForAll(Messages().ToArbitrary(), messages =>
            {
                using var channel = UnixChannel.Connect(rig.Server.SocketPath);
                var buffer = new byte[LongestMessage];
                foreach (var (bytes, descriptors) in messages.Where(static message => message.Bytes.Length < LongestSend))
                {
                    channel.Send(bytes, [.. Enumerable.Repeat(passed.Fd, descriptors)]);
                    if (!channel.TryReceive(buffer, s_patience, out var answer)) return false;
                    foreach (var descriptor in answer.Descriptors) descriptor.Dispose();
                    if (answer.Truncated || !IsAnswer(buffer.AsSpan(0, answer.Length))) return false;
                }

                return other.Status().ProcessId == Environment.ProcessId;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
            Assert.All(other.List(), static kept => Assert.InRange(kept.Name.Length, 1, 128));
        }
    }

    [Fact]
    public void An_answer_to_what_is_senseless_and_long_can_be_read()
    {
        using var rig = new KeeperRig();
        using var channel = UnixChannel.Connect(rig.Server.SocketPath);
        foreach (var letter in "x<é")
        {
            foreach (var member in new[] { "op", "name" })
            {
                channel.Send(Encoding.UTF8.GetBytes($$"""{"v":1,"op":"get","{{member}}":"{{new string(letter, 30_000)}}"}"""));
                var buffer = new byte[LongestMessage];
                Assert.True(channel.TryReceive(buffer, s_patience, out var answer));
                Assert.False(answer.Truncated);
                Assert.Contains("\"error\"", Encoding.UTF8.GetString(buffer, 0, answer.Length), StringComparison.Ordinal);
            }
        }
    }

    private static Gen<(byte[] Bytes, int Descriptors)[]> Messages()
    {
        var member = from name in Gen.Elements("v", "name", "session", "token", "replace", "after", "skip", "unknown")
                     from value in s_value
                     select $",\"{name}\":{value}";
        var request = from operation in s_operation
                      from members in member.ListOf()
                      select Encoding.UTF8.GetBytes($"{{\"v\":1,\"op\":\"{operation}\"{string.Concat(members.Take(4))}}}");
        var damaged = from message in request
                      from at in Gen.Choose(0, message.Length - 1)
                      from value in Gen.Choose(0, 255)
                      from cut in Gen.Choose(0, 2)
                      select cut switch
                      {
                          0 => message[..Math.Max(1, at)],
                          1 => [.. message[..at], (byte)value, .. message[(at + 1)..]],
                          _ => (byte[])[.. message[..at], .. message],
                      };
        return from messages in Gen.Frequency((2, request), (1, damaged)).ListOf()
               from descriptors in Gen.Frequency((4, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Choose(2, UnixChannel.MaxDescriptors))).ListOf()
               select messages.Take(8).Select((message, index) => (message, index < descriptors.Count ? descriptors[index] : 0)).ToArray();
    }

    private static bool IsAnswer(ReadOnlySpan<byte> answer)
    {
        using var document = JsonDocument.Parse(answer.ToArray());
        return document.RootElement.GetProperty("v").GetInt32() == 1
            && (!document.RootElement.TryGetProperty("error", out var error) || error.GetProperty("message").GetString()!.Length > 0);
    }

    /// <summary>Compares what is open with what was, when all else is disposed.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly IReadOnlyDictionary<string, int> _before = ProcessCensus.Descriptors();

        public void Dispose() => ProcessCensus.AssertNoMore(_before);
    }
}
