using System.Text;
using Devices.Linux;
using Devices.Qemu;
using Devices.Tests.LiveUpdate;

namespace Devices.Tests.Qemu;

/// <summary>The other end of a monitor's connection: answers as a test tells it to, each command by its turn.</summary>
internal sealed class ScriptedQemu : IDisposable
{
    internal const string Greeting = """{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": ""}, "capabilities": ["oob"]}}""";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly Thread _thread;
    private readonly UnixStream? _listener;
    private readonly UnixStream? _other;
    private UnixStream? _mine;

    /// <summary>Greets, and answers commands: each answer's ID is the command's.</summary>
    internal ScriptedQemu(params string[] answers)
    {
        (_mine, _other) = UnixStream.Pair();
        _thread = new Thread(() => Answer([Greeting, """{"return": {}, "id": ID}""", .. answers]));
        _thread.Start();
    }

    /// <summary>The same at a path, for the first who connects.</summary>
    internal ScriptedQemu(TemporaryFolder folder, params string[] answers)
    {
        Socket = folder.File("qmp.sock");
        var listener = UnixStream.Listen(Socket);
        _listener = listener;
        _thread = new Thread(() =>
        {
            try
            {
                _mine = listener.Accept();
            }
            catch (LinuxException)
            {
                return; // nobody connected
            }

            Answer([Greeting, """{"return": {}, "id": ID}""", .. answers]);
        });
        _thread.Start();
    }

    /// <summary>Where it listens; empty where it has its one connection from the start.</summary>
    internal string Socket { get; } = "";

    /// <summary>What is done with each descriptor that comes.</summary>
    internal Action<FileDescriptor> Received { get; init; } = static _ => { };

    /// <summary>What came, in turn, and with how many descriptors.</summary>
    internal List<(string Command, int Descriptors)> Commands { get; } = [];

    internal QmpClient Connect(TimeSpan? timeout = null) => QmpClient.Adopt(_other!, timeout ?? s_patience);

    /// <summary>Sends something unasked.</summary>
    internal void Say(string text) => Assert.Equal(Errno.None, _mine!.TrySend(Encoding.UTF8.GetBytes(text), [], s_patience));

    /// <summary>Ends the connection, as QEMU does when it ends.</summary>
    internal void End()
    {
        _mine?.Shutdown();
        _listener?.Shutdown();
    }

    public void Dispose()
    {
        End();
        _thread.Join();
        _mine?.Dispose();
        _listener?.Dispose();
    }

    private void Answer(string[] answers)
    {
        Say($"{answers[0]}\r\n");
        var buffer = new byte[65536];
        foreach (var answer in answers.Skip(1))
        {
            if (!_mine!.TryReceive(buffer, s_patience, out var received) || received.Length == 0) return;
            foreach (var descriptor in received.Descriptors)
            {
                Received(descriptor);
                descriptor.Dispose();
            }

            Commands.Add((Encoding.UTF8.GetString(buffer, 0, received.Length).TrimEnd(), received.Descriptors.Count));
            if (answer.Length > 0) Say($"{answer.Replace("ID", $"{Commands.Count}", StringComparison.Ordinal)}\r\n");
        }
    }
}
