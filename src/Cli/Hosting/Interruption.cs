using System.Runtime.InteropServices;

namespace Devices.Cli;

/// <summary>
/// Ctrl-C and SIGTERM. Until a command says that it takes care of them they end the process at once, as usual; from then on the command
/// is asked to stop at its next step, where it can undo what it has begun. A second Ctrl-C ends the process all the same.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private PosixSignalRegistration? _interrupt;
    private PosixSignalRegistration? _terminate;

    internal CancellationToken Token => _source.Token;

    /// <summary>From now on a first signal only asks.</summary>
    internal void TakeCare()
    {
        _interrupt ??= PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        _terminate ??= PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
    }

    /// <summary>Ends the command here if it was asked to stop.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    internal void Checkpoint() => _source.Token.ThrowIfCancellationRequested();

    public void Dispose()
    {
        _interrupt?.Dispose();
        _terminate?.Dispose();
        _source.Dispose();
    }

    private void Ask(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
            return;
        context.Cancel = true;
        _source.Cancel();
    }
}
