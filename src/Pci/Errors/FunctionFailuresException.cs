namespace Devices.Pci;

/// <summary>An operation on several functions failed for some of them.</summary>
public sealed class FunctionFailuresException : Exception
{
    // A cause that hits one of a hundred VFs mostly hits all: the first few tell it.
    private const int Told = 4;

    /// <summary>Creates the exception; its message tells of the first failures.</summary>
    /// <param name="operation">What failed, and what became of the others: one clause.</param>
    /// <param name="count">For how many functions it was tried.</param>
    /// <param name="failures">Those for which it failed; at least one.</param>
    public FunctionFailuresException(string operation, int count, IReadOnlyList<FunctionFailure> failures)
        : base(Compose(operation, count, failures), failures.Count == 0 ? null : failures[0].Cause)
    {
        Failures = failures;
    }

    /// <summary>Each function for which it failed, with the cause.</summary>
    public IReadOnlyList<FunctionFailure> Failures { get; }

    private static string Compose(string operation, int count, IReadOnlyList<FunctionFailure> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        var told = string.Join("; ", failures.Take(Told).Select(static failure => $"{failure.Address}: {failure.Cause.Message}"));
        var rest = failures.Count > Told ? $"; and {failures.Count - Told} more" : string.Empty;
        return $"{operation}: {failures.Count} of {count} failed. {told}{rest}";
    }
}
