namespace Devices.HwTests.Faults;

/// <summary>What a sequence has made so far, to be undone in reverse. What cannot be undone now stays, for another try.</summary>
internal sealed class Undo : IDisposable
{
    private readonly Stack<Action> _actions = [];

    internal T Keep<T>(T made)
        where T : IDisposable
    {
        Later(made.Dispose);
        return made;
    }

    internal void Later(Action action) => _actions.Push(action);

    public void Dispose()
    {
        while (_actions.TryPeek(out var action))
        {
            action();
            _actions.Pop();
        }
    }
}
