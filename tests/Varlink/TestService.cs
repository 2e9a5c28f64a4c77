using System.Text.Json.Serialization;
using Devices.Linux;
using Devices.Varlink;
using Microsoft.Extensions.Logging;

namespace Devices.Tests.Varlink;

/// <summary>A service with one of each kind of method, on a socket of its own.</summary>
internal sealed class TestService : IDisposable
{
    internal const string TooMany = "org.example.test.TooMany";

    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("varlink");
    private readonly UnixStream _listener;
    private CancellationTokenSource _end = new();
    private Thread _thread;

    internal TestService(VarlinkLimits? limits = null, ILogger<VarlinkServer>? logger = null)
    {
        _listener = UnixStream.Listen(Path);
        var offered = new VarlinkInterface(Description)
            .On("Echo", TestJson.Default.Words, TestJson.Default.Words, static (_, words) => words)
            .On("Fail", TestJson.Default.Words, TestJson.Default.Words, static (_, words) => throw VarlinkException.Of("org.example.test.Broken", words, TestJson.Default.Words))
            .On("Crash", TestJson.Default.Words, TestJson.Default.Words, static (_, words) => throw new InvalidDataException(words.Text))
            .On("Swap", TestJson.Default.Descriptor, TestJson.Default.Descriptor, static (call, asked) =>
            {
                using var received = MemFd.Adopt(call.Take(asked.Fd, "fd"));
                Span<byte> text = stackalloc byte[4];
                received.Fd.ReadExactlyAt(text, 0);
                text.Reverse();
                using var answer = MemFd.Create("answer", PageSize.Bytes);
                answer.Fd.WriteExactlyAt(text, 0);
                return new Descriptor(call.Attach(answer.Fd.Duplicate()));
            })
            .OnMore("Count", TestJson.Default.Number, TestJson.Default.Number, static (call, asked, reply) =>
            {
                for (var i = 1; i < asked.Value && !call.IsClientGone; i++) reply(new Number(i));
                return asked;
            })
            .On("Hold", TestJson.Default.Words, TestJson.Default.Words, (call, words) =>
            {
                call.Connection.AtEnd(() => Ended.Set());
                return words;
            });
        Server = new VarlinkServer(new VarlinkService(new ServiceInfo("Devices", "test", "1", "https://example.org", []), [offered], Translate), _listener, limits, logger, new VarlinkException(TooMany));
        _thread = Start();
    }

    internal static VarlinkDescription Description { get; } = VarlinkDescription.Parse("""
        interface org.example.test
        method Echo(text: string) -> (text: string)
        method Fail(text: string) -> (text: string)
        method Crash(text: string) -> (text: string)
        method Swap(fd: int) -> (fd: int)
        method Count(value: int) -> (value: int)
        method Hold(text: string) -> (text: string)
        method Unanswered() -> ()
        error Broken (text: string)
        error TooMany ()
        """);

    internal string Path => System.IO.Path.Combine(_folder.FullName, "socket");

    internal VarlinkServer Server { get; }

    internal ManualResetEventSlim Ended { get; } = new();

    internal VarlinkClient Connect() => VarlinkClient.Connect(Path, Description, Patience);

    internal UnixStream ConnectRaw() => UnixStream.Connect(Path);

    /// <summary>Whether the service answers, as it always must.</summary>
    internal string Echo(string text)
    {
        using var client = Connect();
        return client.Call("Echo", new Words(text), TestJson.Default.Words, TestJson.Default.Words).Value.Text;
    }

    /// <summary>Ends the server; its socket stays.</summary>
    internal void End()
    {
        _end.Cancel();
        _thread.Join();
        _end.Dispose();
    }

    /// <summary>Serves again, after <see cref="End"/>.</summary>
    internal void Resume()
    {
        _end = new CancellationTokenSource();
        _thread = Start();
    }

    public void Dispose()
    {
        End();
        _listener.Dispose();
        Ended.Dispose();
        _folder.Delete(recursive: true);
    }

    private Thread Start()
    {
        var thread = new Thread(() => Server.Run(_end.Token));
        thread.Start();
        return thread;
    }

    private static VarlinkException? Translate(Exception failure)
        => failure is LinuxException linux ? VarlinkException.Of("org.example.test.Broken", new Words(linux.Message), TestJson.Default.Words) : null;
}

internal sealed record Words(string Text);

internal sealed record Descriptor(int Fd);

internal sealed record Number(long Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Words))]
[JsonSerializable(typeof(Descriptor))]
[JsonSerializable(typeof(Number))]
internal sealed partial class TestJson : JsonSerializerContext;
