using System.Text;
using System.Text.Json;

namespace Devices.Tests.Varlink.Fuzz;

/// <summary>What a service has to make of bytes, as <c>varlink.org</c> has it: which are calls, and where it has to end the connection.</summary>
internal static class CallModel
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The replies that a stream of whole messages gets, none with more than one, and whether the connection outlives it.</summary>
    internal static (int Replies, bool Lives) Expect(ReadOnlySpan<byte> stream, int longest)
    {
        var replies = 0;
        while (stream.IndexOf((byte)0) is >= 0 and var end)
        {
            if (end > longest || RepliesTo(stream[..end].ToArray()) is not { } more) return (replies, false);
            replies += more;
            stream = stream[(end + 1)..];
        }

        return (replies, true);
    }

    /// <summary>Whether a message is a reply, complete and well formed.</summary>
    internal static bool IsReply(byte[] message)
    {
        _ = s_utf8.GetString(message);
        using var document = JsonDocument.Parse(message, s_strict);
        return document.RootElement.EnumerateObject().All(static member => member.Name switch
        {
            "parameters" => member.Value.ValueKind == JsonValueKind.Object,
            "error" => member.Value.GetString()!.Contains('.', StringComparison.Ordinal),
            "continues" => member.Value.ValueKind == JsonValueKind.True,
            _ => false,
        });
    }

    private static int? RepliesTo(byte[] message)
    {
        try
        {
            _ = s_utf8.GetString(message);
            using var document = JsonDocument.Parse(message, s_strict);
            var call = document.RootElement;
            if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("method", out var method) || method.ValueKind != JsonValueKind.String) return null;
            _ = method.GetString();
            if (call.TryGetProperty("parameters", out var parameters) && parameters.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null)) return null;
            return (Flag("oneway"), Flag("more"), Flag("upgrade")) switch
            {
                (null, _, _) or (_, null, _) or (_, _, null) or (_, _, true) or (true, true, _) => null,
                (true, _, _) => 0,
                _ => 1,
            };

            bool? Flag(string name) => !call.TryGetProperty(name, out var value) ? false : value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False or JsonValueKind.Null => false,
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
