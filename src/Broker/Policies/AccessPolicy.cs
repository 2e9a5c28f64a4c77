namespace Devices.Broker;

/// <summary>Who may have what. What no rule gives is not given, to root neither.</summary>
/// <param name="Rules">The rules; what holds for a client is what any of them gives.</param>
internal sealed record AccessPolicy(IReadOnlyList<AccessRule> Rules)
{
    /// <summary>Whether anybody may have sessions of live update.</summary>
    internal bool GivesSessions => Rules.Any(static rule => rule.Sessions > 0);

    /// <summary>The rules that are about a client.</summary>
    internal IReadOnlyList<AccessRule> RulesFor(ClientIdentity client) => [.. Rules.Where(rule => rule.IsAbout(client))];
}
