using System.Diagnostics;
using System.Globalization;

namespace Devices.Cli;

/// <summary>Says on the standard error what is being done, once it has taken a second: a line that counts on a terminal, two lines elsewhere.</summary>
internal sealed class Progress(CliHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Runs a step.</summary>
    /// <param name="what">What is done, as in <c>Reading /boot/vmlinuz</c>.</param>
    /// <param name="step">The step.</param>
    /// <param name="state">How far it is by now, for a terminal; or null.</param>
    internal T During<T>(string what, Func<T> step, Func<string>? state = null)
    {
        var watch = Stopwatch.StartNew();
        var gate = new Lock();
        var shown = false;
        var ended = false;
        using var timer = new Timer(_ =>
        {
            lock (gate)
            {
                if (ended || (shown && !host.ErrorIsTerminal))
                    return;
                shown = true;
                if (host.ErrorIsTerminal)
                    host.Error.Write($"\r{what} … {state?.Invoke()}{Seconds(watch)}");
                else
                    host.Error.WriteLine($"{DevkeepRoot.ProgramName}: {what} …");
            }
        }, null, Patience, Patience);
        var done = false;
        try
        {
            var result = step();
            done = true;
            return result;
        }
        finally
        {
            lock (gate)
            {
                ended = true;
                if (shown)
                    host.Error.WriteLine($"{(host.ErrorIsTerminal ? "\r" : $"{DevkeepRoot.ProgramName}: ")}{what}: {(done ? "done" : "failed")} after {Seconds(watch)}");
            }
        }
    }

    /// <summary>Runs a step that gives nothing back.</summary>
    internal void During(string what, Action step, Func<string>? state = null) => During(
        what,
        () =>
        {
            step();
            return true;
        },
        state);

    private static string Seconds(Stopwatch watch) => string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds:0.0} s");
}
