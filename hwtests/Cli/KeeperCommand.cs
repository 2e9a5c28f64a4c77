using System.Diagnostics;

namespace Devices.HwTests.Cli;

/// <summary><c>devkeep keeper</c> in the background, from its ready line on.</summary>
internal sealed class KeeperCommand : IDisposable
{
    private readonly Process _process;

    internal KeeperCommand()
    {
        _process = Devkeep.Start(redirect: true, "keeper");
        _process.ErrorDataReceived += static (_, line) => Console.Error.WriteLine(line.Data);
        _process.BeginErrorReadLine();
        Ready = _process.StandardOutput.ReadLine();
    }

    internal string? Ready { get; }

    public void Dispose()
    {
        Devkeep.Run("keeper", "--stop", "--force");
        Assert.True(_process.WaitForExit(30_000), "the keeper did not end");
        _process.Dispose();
    }
}
