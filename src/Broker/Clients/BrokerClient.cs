namespace Devices.Broker;

/// <summary>A client while it is connected.</summary>
/// <param name="identity">Who it is.</param>
/// <param name="rules">The rules of the policy that are about it.</param>
internal sealed class BrokerClient(ClientIdentity identity, IReadOnlyList<AccessRule> rules)
{
    internal ClientIdentity Identity => identity;

    internal IReadOnlyList<AccessRule> Rules => rules;

    /// <summary>The first rule that gives it a device; null if none does.</summary>
    internal AccessRule? RuleFor(DeviceFacts device) => rules.FirstOrDefault(rule => rule.Gives(device));

    /// <inheritdoc/>
    public override string ToString() => identity.ToString();
}
