namespace Devices.Pci;

/// <summary>One of several functions for which an operation failed.</summary>
/// <param name="Address">The function.</param>
/// <param name="Cause">Why.</param>
public sealed record FunctionFailure(PciAddress Address, Exception Cause)
{
    /// <summary>Puts addresses to what <see cref="Devices.Linux.BlockingCalls.Run"/> returned.</summary>
    /// <param name="items">What the calls were made on, by their number.</param>
    /// <param name="address">The function that one of them concerns.</param>
    /// <param name="causes">What each call threw, or null.</param>
    /// <returns>Those that failed, in their order.</returns>
    public static IReadOnlyList<FunctionFailure> Of<T>(IReadOnlyList<T> items, Func<T, PciAddress> address, IReadOnlyList<Exception?> causes)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(causes);
        var failures = new List<FunctionFailure>();
        for (var i = 0; i < causes.Count; i++)
        {
            if (causes[i] is { } cause) failures.Add(new FunctionFailure(address(items[i]), cause));
        }

        return failures;
    }
}
