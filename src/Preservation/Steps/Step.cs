namespace Devices.Preservation;

/// <summary>A step of the flow: it ends by turning into the next one, once.</summary>
public abstract class Step
{
    private string? _takenBy;

    private protected Step()
    {
    }

    /// <summary>Marks the step as taken.</summary>
    /// <exception cref="InvalidOperationException">It was taken before: the call that took it is named.</exception>
    private protected void Take(string call)
    {
        CheckNotTaken(call);
        _takenBy = call;
    }

    /// <summary>Gives the step back: the call that took it failed and undid what it had done.</summary>
    private protected void GiveBack() => _takenBy = null;

    private protected void CheckNotTaken(string call)
    {
        if (_takenBy is not null)
            throw new InvalidOperationException($"{GetType().Name}.{call}: {_takenBy} has taken this step already; go on with what it returned.");
    }
}
