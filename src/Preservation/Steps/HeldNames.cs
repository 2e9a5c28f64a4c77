using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>What a keeper holds for a session: the descriptors whose names begin with it.</summary>
public static class HeldNames
{
    /// <summary>Lists their names.</summary>
    /// <param name="keeper">The keeper.</param>
    /// <param name="session">The session.</param>
    public static IReadOnlyList<string> Of(IFdKeeper keeper, SessionName session)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        return [.. keeper.List().Select(static held => held.Name).Where(name => name.StartsWith($"{session}/", StringComparison.Ordinal))];
    }
}
