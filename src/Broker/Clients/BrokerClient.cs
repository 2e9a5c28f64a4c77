using Devices.Linux;

namespace Devices.Broker;

/// <summary>A client while it is connected; or one that was to an earlier run of the service, while its process lives.</summary>
/// <param name="identity">Who it is.</param>
/// <param name="rules">The rules of the policy that are about it.</param>
/// <param name="process">Its process, this object's from now on; null where the kernel does not tell.</param>
/// <param name="isConnected">Whether it has a connection.</param>
internal sealed class BrokerClient(ClientIdentity identity, IReadOnlyList<AccessRule> rules, ProcessFd? process = null, bool isConnected = true) : IDisposable
{
    internal ProcessFd? Process => process;

    internal bool IsConnected => isConnected;

    internal ClientIdentity Identity => identity;

    internal IReadOnlyList<AccessRule> Rules => rules;

    /// <summary>Who a session's devices are kept for, while nobody has them.</summary>
    internal static BrokerClient StandInFor(SessionOwner owner) => new(new ClientIdentity(0, owner.User, [], owner.Unit), [], isConnected: false);

    /// <summary>The first rule that gives it a device; null if none does.</summary>
    internal AccessRule? RuleFor(DeviceFacts device) => rules.FirstOrDefault(rule => rule.Gives(device));

    /// <summary>Whether two clients are one process, which lives.</summary>
    internal bool IsSameProcessAs(BrokerClient other) => process is not null && other.Process is { } its && process.IsSameAs(its);

    /// <summary>Forgets its process.</summary>
    public void Dispose() => process?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => identity.ToString();
}
