using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Varlink.Fuzz;

/// <summary>Makes barrages: calls that are right, nearly right, and not at all.</summary>
internal static class BarrageGen
{
    private const int DeepestNesting = 100; // JSON is read 64 deep

    private static readonly Gen<string> s_odd = Gen.Elements(
        "null", "true", "0", "-1", "1.5", "1e400", "9223372036854775807", "9223372036854775808", "99999999999", "{}", "[]", "[null]", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "{\"\\ud800\":1}",
        "{\"a\":1,\"a\":2}", "\"é\"", "\"../0000:00:00.0\"", "[\"0000:ff:1f.7\"]", "[[[]]]");

    /// <summary>One JSON value of any kind.</summary>
    internal static Gen<string> Value { get; } = Gen.Frequency(
        (6, s_odd),
        (1, Gen.Choose(1, DeepestNesting).Select(static depth => $"{new string('[', depth)}{new string(']', depth)}")),
        (1, Gen.Choose(1, DeepestNesting).Select(static depth => $"{string.Concat(Enumerable.Repeat("{\"a\":", depth))}0{new string('}', depth)}")),
        (1, Gen.Choose(1, 12_000).Select(static length => $"\"{new string('x', length)}\"")));

    /// <summary>Barrages of calls of an interface's methods.</summary>
    /// <param name="methods">Full names of methods, and JSON that fits what they take.</param>
    /// <param name="mostDescriptors">The most with one piece.</param>
    internal static Arbitrary<Barrage> Of(IReadOnlyList<(string Method, string Parameters)> methods, int mostDescriptors)
    {
        var message = Gen.Frequency((4, Call(methods)), (4, Call(methods).SelectMany(Damaged)), (1, Noise()));
        var descriptors = Gen.Frequency((8, Gen.Constant(0)), (2, Gen.Choose(1, 2)), (1, Gen.Choose(1, mostDescriptors)));
        return (from messages in message.ListOf()
                from cuts in Gen.Choose(0, 1000).ListOf()
                from withPieces in descriptors.ListOf()
                select Barrage.Of(messages.Take(6), cuts.Take(8), [.. withPieces.Take(8)])).ToArbitrary();
    }

    private static Gen<byte[]> Call(IReadOnlyList<(string Method, string Parameters)> methods)
    {
        var flag = Gen.Frequency((6, Gen.Constant("")), (1, Gen.Elements(",\"more\":true", ",\"oneway\":true", ",\"oneway\":false", ",\"more\":null", ",\"upgrade\":true", ",\"more\":1", ",\"unknown\":{}")));
        return from call in Gen.Elements(methods.ToArray())
               from odd in Value
               from shape in Gen.Choose(0, 9)
               from first in flag
               from second in flag
               let parameters = shape switch
               {
                   0 => odd,
                   1 => $"{{\"text\":{odd}}}",
                   2 => $"{{\"devices\":{odd},\"name\":{odd},\"size\":{odd}}}",
                   3 => $"{{\"fd\":{odd},\"value\":{odd}}}",
                   4 => $"{{{(call.Parameters.Length > 2 ? call.Parameters[1..^1] + "," : "")}\"extra\":{odd}}}",
                   _ => call.Parameters,
               }
               select Encoding.UTF8.GetBytes($"{{\"method\":\"{call.Method}\",\"parameters\":{parameters}{first}{second}}}");
    }

    // A stroke of each kind at any byte.
    private static Gen<byte[]> Damaged(byte[] message) =>
        from kind in Gen.Choose(0, 6)
        from at in Gen.Choose(0, message.Length - 1)
        from length in Gen.Choose(1, 16)
        from value in Gen.Choose(0, 255)
        let end = Math.Min(message.Length, at + length)
        select kind switch
        {
            0 => message[..at],
            1 => message[at..],
            2 => [.. message[..at], .. message[end..]],
            3 => [.. message[..end], .. message[at..]],
            4 => [.. message[..at], (byte)value, .. message[at..]],
            5 => [.. message[..at], 0xc3, 0x28, 0xff, .. message[at..]], // no UTF-8
            _ => [.. message[..at], (byte)(message[at] ^ (1 << (value % 8))), .. message[(at + 1)..]],
        };

    private static Gen<byte[]> Noise() => Gen.Choose(0, 255).Select(static value => (byte)value).ArrayOf();
}
