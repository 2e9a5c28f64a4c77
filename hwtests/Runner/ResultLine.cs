namespace Devices.HwTests.Runner;

/// <summary>A line of a results file.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Test">The test's name.</param>
/// <param name="Case">xunit's id of the test case, which may hold several tests; null for a check that xunit does not know.</param>
/// <param name="Message">Why it failed or was skipped.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record ResultLine(TestEvent Event, string Test, string? Case = null, string? Message = null, decimal? Seconds = null);
