namespace Devices.Cli;

/// <summary>One of the two.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="Source">The dump it is out of; null for a function of this host.</param>
/// <param name="Length">How many bytes it has.</param>
internal sealed record ComparedFunction(string Address, string? Source, int Length)
{
    internal static ComparedFunction Of(ConfigSource source) => new(source.Address.ToString(), source.File, source.Space.Length);

    /// <summary>Which it is, in words.</summary>
    internal string InWords() => Source is null ? Address : $"{Address} of {Source}";
}
