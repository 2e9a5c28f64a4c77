using System.Diagnostics;
using Devices.HwTests.Lab;
using Mono.Unix.Native;

namespace Devices.HwTests.Siege;

/// <summary>A process that is killed at some point, and all that it said until then.</summary>
internal sealed class SiegedProcess : IDisposable
{
    /// <summary>How much memory a user may have pinned, in bytes.</summary>
    private const long MemLock = 64 << 20;

    private readonly Process _process;
    private readonly List<string> _said = [];
    private readonly Lock _lock = new();

    private SiegedProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            lock (_lock) _said.Add(line.Data);
        };
        process.BeginOutputReadLine();
    }

    internal int Id => _process.Id;

    internal bool HasEnded => _process.HasExited;

    /// <summary>What it said, line by line.</summary>
    internal IReadOnlyList<string> Said
    {
        get
        {
            lock (_lock) return [.. _said];
        }
    }

    /// <summary>Starts this program again, with one of its commands.</summary>
    /// <param name="user">As for <see cref="Start"/>.</param>
    /// <param name="arguments">The command and its arguments.</param>
    internal static SiegedProcess StartSelf(int? user, params string[] arguments) => Start(user, [Environment.ProcessPath!, .. arguments]);

    /// <summary>Starts one.</summary>
    /// <param name="user">As whom; null for root. A user may lock <see cref="MemLock"/> bytes.</param>
    /// <param name="command">The program and its arguments.</param>
    internal static SiegedProcess Start(int? user, params string[] command)
    {
        // What works without end leaves the processor to who looks after it.
        string[] nice = ["-n", "10", .. user is null ? (string[])[] : ["prlimit", $"--memlock={MemLock}:{MemLock}", "setpriv", "--reuid", $"{user}", "--regid", $"{user}", "--clear-groups"], .. command];
        var start = new ProcessStartInfo("nice", nice);
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        return new SiegedProcess(Process.Start(start)!);
    }

    /// <summary>Waits for a line, or the end of the process.</summary>
    /// <returns>Whether the line came.</returns>
    internal bool Await(string line, int times = 1)
    {
        if (!Patience.Until(() => Count(line) >= times || _process.HasExited)) throw new TimeoutException($"Process {Id} did not say {line}, but: {string.Join(" | ", Said.TakeLast(5))}");
        if (_process.HasExited) _process.WaitForExit(); // until all that it said is here
        return Count(line) >= times;
    }

    /// <summary>Tells it a word and waits for its answer.</summary>
    internal bool Ask(string word, string answer)
    {
        var before = Count(answer);
        _process.StandardInput.WriteLine(word);
        _process.StandardInput.Flush();
        return Await(answer, before + 1);
    }

    /// <summary>SIGSTOP: it leaves the processor to the others, wherever it is.</summary>
    internal void Stop() => Signal(Signum.SIGSTOP);

    /// <summary>SIGCONT.</summary>
    internal void Continue() => Signal(Signum.SIGCONT);

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

    private void Signal(Signum signal) => Assert.Equal(0, Syscall.kill(Id, signal));

    private int Count(string line)
    {
        lock (_lock) return _said.Count(each => each == line);
    }
}
