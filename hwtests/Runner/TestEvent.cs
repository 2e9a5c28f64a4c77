namespace Devices.HwTests.Runner;

/// <summary>What a result line tells.</summary>
internal enum TestEvent
{
    /// <summary>The test case will run.</summary>
    Planned,

    /// <summary>A test of the case has begun.</summary>
    Started,

    /// <summary>It passed.</summary>
    Passed,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It did not run; the message says why.</summary>
    Skipped,

    /// <summary>It is about to leave this kernel.</summary>
    Jumped,
}
