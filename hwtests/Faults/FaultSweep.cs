using Devices.Linux;

namespace Devices.HwTests.Faults;

/// <summary>Runs a sequence over and over, each time with the next of the kernel's allocations in it failing, until none is left to fail.</summary>
internal static class FaultSweep
{
    // A sequence with more is too long for a test, or never ends.
    private const uint Limit = 1000;
    private const int DryRuns = 3;

    /// <summary>
    /// Runs it. After each failure nothing is held that was not held before, the failure is one of the toolkit's own, and the next
    /// try, with nothing failing, works.
    /// </summary>
    /// <param name="sequence">What is to be tried, and undone after; undoing it is part of what fails.</param>
    /// <param name="calls">Those that must be among the failures: the steps of the sequence that take memory.</param>
    /// <param name="nextId">The id that the next object of an iommufd gets: one that a failed call left behind would keep it.</param>
    internal static void Run(Action<Undo> sequence, string[] calls, Func<uint>? nextId = null)
    {
        using var faults = new FaultInjection();
        // With what is compiled, loaded and cached at first use out of the way, the thread's system calls are those of the sequence.
        for (var i = 0; i < DryRuns; i++) Complete(sequence);
        // What earlier tests have given up, such as memory of another holder, would go in the midst of this one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = (Footprint.Read(), nextId?.Invoke());
        var failures = new List<LinuxException>();
        var strangers = new List<string>();
        var nth = 0U;
        while (Attempt(sequence, faults, ++nth, out var failure))
        {
            AssertSame(failure);
            // Some allocations the kernel can do without.
            if (failure is null) continue;
            if (failure is LinuxException own) failures.Add(own);
            else strangers.Add($"{nth}: {failure}");
            Complete(sequence);
            AssertSame(failure);
            Assert.True(nth < Limit, $"more than {Limit} allocations");
        }

        Assert.True(strangers.Count == 0, $"not the toolkit's own: {string.Join(Environment.NewLine, strangers)}");
        Assert.All(failures, static failure => Assert.False(string.IsNullOrEmpty(failure.Subject)));
        Assert.Superset(calls.ToHashSet(), failures.Select(static failure => failure.Call).ToHashSet());

        void AssertSame(Exception? failure)
        {
            var now = (Footprint.Read(), nextId?.Invoke());
            Assert.True(before == now, $"failure {nth} left something: before {before}, now {now}, after {failure}");
        }
    }

    /// <summary>Whether there were that many allocations, and so one failed.</summary>
    private static bool Attempt(Action<Undo> sequence, FaultInjection faults, uint nth, out Exception? failure)
    {
        using var undo = new Undo();
        faults.Arm(nth);
        try
        {
            sequence(undo);
            undo.Dispose();
            failure = null;
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        var failed = faults.Disarm();
        if (!failed) Assert.Null(failure);
        return failed;
    }

    private static void Complete(Action<Undo> sequence)
    {
        using var undo = new Undo();
        sequence(undo);
    }
}
