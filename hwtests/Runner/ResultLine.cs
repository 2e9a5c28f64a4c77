using System.Text.Json;

namespace Devices.HwTests.Runner;

/// <summary>A line of a results file.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Test">The test's name.</param>
/// <param name="Case">xunit's id of the test case, which may hold several tests; null for a check that xunit does not know.</param>
/// <param name="Message">Why it failed or was skipped.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record ResultLine(TestEvent Event, string Test, string? Case = null, string? Message = null, decimal? Seconds = null)
{
    /// <summary>All lines of a results file; none if there is no such file.</summary>
    /// <remarks>The last line of a guest that died may be cut short: whoever started in it has no end, and that is what counts.</remarks>
    public static List<ResultLine> ReadAll(string path)
        => File.Exists(path) ? [.. File.ReadLines(path).Where(line => line.EndsWith('}')).Select(line => JsonSerializer.Deserialize(line, ResultJson.Default.ResultLine)!)] : [];
}
