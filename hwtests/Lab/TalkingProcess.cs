using System.Diagnostics;

namespace Devices.HwTests.Lab;

/// <summary>A process that a test follows: it says how far it has come, a line each, and may wait for a line until it goes on.</summary>
internal sealed class TalkingProcess : IDisposable
{
    private readonly Process _process;

    private TalkingProcess(string program, IEnumerable<string> arguments) =>
        _process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;

    internal int Id => _process.Id;

    /// <summary>How it ended, once it has.</summary>
    internal int ExitCode
    {
        get
        {
            _process.WaitForExit();
            return _process.ExitCode;
        }
    }

    internal static TalkingProcess Start(string program, params IEnumerable<string> arguments) => new(program, arguments);

    /// <summary>Starts this program again, with one of its commands.</summary>
    internal static TalkingProcess StartSelf(params IEnumerable<string> arguments) => new(Environment.ProcessPath!, arguments);

    /// <summary>Starts this program again as another user, without that user's further groups.</summary>
    /// <param name="user">The user's number, and its group's.</param>
    /// <param name="arguments">One of its commands.</param>
    internal static TalkingProcess StartSelfAs(int user, params IEnumerable<string> arguments) => new("setpriv", ["--reuid", $"{user}", "--regid", $"{user}", "--clear-groups", Environment.ProcessPath!, .. arguments]);

    /// <summary>In the process: says how far it has come.</summary>
    internal static void Say(string line)
    {
        Console.WriteLine(line);
        Console.Out.Flush();
    }

    /// <summary>Waits until it says a line; what else it says is the test's output.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    internal void Await(string awaited)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line == awaited) return;
            Console.WriteLine($"  {line}");
        }

        throw new InvalidOperationException($"Process {Id} ended with {ExitCode} before it said \"{awaited}\".");
    }

    /// <summary>Lets it go on.</summary>
    internal void Continue() => _process.StandardInput.WriteLine();

    /// <summary>SIGKILL.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
