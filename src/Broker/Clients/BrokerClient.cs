using Devices.Linux;

namespace Devices.Broker;

/// <summary>A client while it is connected; or one that was to an earlier run of the service, while its process lives.</summary>
/// <param name="identity">Who it is.</param>
/// <param name="rules">The rules of the policy that are about it.</param>
/// <param name="process">Its process, this object's from now on; null where the kernel does not tell.</param>
/// <param name="isConnected">Whether it has a connection.</param>
internal sealed class BrokerClient(ClientIdentity identity, IReadOnlyList<AccessRule> rules, ProcessFd? process = null, bool isConnected = true) : IDisposable
{
    private volatile IReadOnlyList<AccessRule> _rules = rules;

    internal ProcessFd? Process => process;

    internal bool IsConnected => isConnected;

    internal ClientIdentity Identity => identity;

    /// <summary>The rules that are about it; others when another policy is in force.</summary>
    internal IReadOnlyList<AccessRule> Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>Who a session's devices are kept for, while nobody has them.</summary>
    internal static BrokerClient StandInFor(SessionOwner owner) => new(new ClientIdentity(0, owner.User, [], owner.Unit), [], isConnected: false);

    /// <summary>The first rule that gives it a device; null if none does.</summary>
    internal AccessRule? RuleFor(DeviceFacts device) => _rules.FirstOrDefault(rule => rule.Gives(device));

    /// <summary>Whether two clients are one process, which lives.</summary>
    internal bool IsSameProcessAs(BrokerClient other) => process is not null && other.Process is { } its && process.IsSameAs(its);

    /// <summary>Forgets its process.</summary>
    public void Dispose() => process?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => identity.ToString();
}
