using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>What a keeper holds for a session: the descriptors whose names begin with it.</summary>
internal static class HeldNames
{
    internal static IReadOnlyList<string> Of(IFdKeeper keeper, SessionName session) =>
        [.. keeper.List().Select(static held => held.Name).Where(name => name.StartsWith($"{session}/", StringComparison.Ordinal))];
}
