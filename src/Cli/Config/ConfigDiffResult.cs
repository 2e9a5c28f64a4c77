using Devices.Pci;

namespace Devices.Cli;

/// <summary>What <c>devkeep config diff</c> found.</summary>
/// <param name="First">The first function.</param>
/// <param name="Second">The second.</param>
/// <param name="Length">How many bytes were compared.</param>
/// <param name="Differences">The registers that differ, in order of offset.</param>
internal sealed record ConfigDiffResult(ComparedFunction First, ComparedFunction Second, int Length, IReadOnlyList<RegisterDifference> Differences)
{
    /// <summary>Compares as many bytes as both have, named by the layout of the first.</summary>
    internal static ConfigDiffResult Of(ConfigSource first, ConfigSource second)
    {
        var length = Math.Min(first.Space.Length, second.Space.Length);
        var before = Capture(first.Space, length);
        var after = Capture(second.Space, length);
        return new ConfigDiffResult(
            ComparedFunction.Of(first),
            ComparedFunction.Of(second),
            length,
            [.. before.Differences(after).Select(difference => RegisterDifference.Of(difference, before, after))]);
    }

    private static ConfigSpaceSnapshot Capture(IPciConfigSpace space, int length)
    {
        var bytes = new byte[length];
        space.Read(0, bytes);
        return ConfigSpaceSnapshot.FromBytes(bytes, space.Subject, space.View);
    }
}
