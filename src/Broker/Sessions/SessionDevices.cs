using Devices.Pci;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>The devices of sessions: from their client at the freeze, kept for the owner, and to whoever of the owner's restores.</summary>
internal sealed class SessionDevices(DeviceBroker devices, ILogger logger)
{
    private const string MissingCause = "It is not there, or another device is in its place.";
    private const string MissingRemedy = "See lspci -D; VFs have to be enabled again, a card that was removed put back. Then Restore again.";

    /// <summary>The devices that a call names, which have to be claimed by the client.</summary>
    internal IReadOnlyList<PciFunction> Claimed(BrokerClient client, string session, IReadOnlyList<string> names)
    {
        if (names.Count == 0) return [];
        return [.. DeviceBroker.Addresses(names).Select(address =>
            devices.Ledger.Find(address) is { HasGone: false } device && device.Owner == client && PciFunction.TryOpen(address, out var function)
                ? function
                : throw SessionErrors.NotClaimed(session, address.ToString()))];
    }

    /// <summary>Makes sure that the devices are closed, and resets them.</summary>
    internal IReadOnlyList<DeviceFacts> Close(BrokerClient client, SessionEntry session) =>
        [.. Claimed(client, session.Name, [.. session.Devices.Select(static device => device.Address)]).Select(function =>
        {
            using var handover = new DeviceHandover(function.Address);
            var address = function.Address.ToString();
            return handover.Attempt() switch
            {
                { Result: HandoverResult.Ready } => DeviceFacts.Of(function),
                { Result: HandoverResult.Held, Obstacle: { } obstacle } => throw SessionErrors.NotReady(session.Name, address, obstacle),
                { Obstacle: { } obstacle } => throw SessionErrors.Unavailable(session.Name, address, obstacle.Cause, obstacle.Remedy),
                _ => throw SessionErrors.Unavailable(session.Name, address, MissingCause, "Discard the session, and preserve one without it."),
            };
        })];

    /// <summary>Takes closed devices from their client and keeps them for the session's owner.</summary>
    internal void SetAside(BrokerClient client, SessionEntry session, IReadOnlyList<DeviceFacts> closed)
    {
        devices.Ledger.SetAside(session.Number, session.Owner, closed);
        devices.Records.Save(client);
    }

    /// <summary>Keeps a session's devices for its owner, from the start of the service on.</summary>
    internal void Keep(SessionEntry session)
    {
        foreach (var device in session.Devices)
        {
            if (device.Find() is { } function) devices.Ledger.Reserve(session.Number, session.Owner, DeviceFacts.Of(function));
            else if (!PciFunction.TryOpen(device.At, out _)) devices.Ledger.Reserve(session.Number, session.Owner, new DeviceFacts(device.At, null, null));
        }
    }

    internal void Release(SessionEntry session) => devices.Ledger.EndReservations(session.Number);

    /// <summary>Claims what can be claimed of a session's devices for its owner; what cannot be now, a repetition may.</summary>
    internal IReadOnlyList<SessionDeviceReport> TakeUp(BrokerClient client, SessionEntry session)
    {
        using var policy = devices.ReadPolicy();
        List<SessionDeviceReport> reports = [.. session.Devices.Select(device => TakeUp(client, session, device))];
        devices.Records.Save(client);
        return reports;
    }

    private SessionDeviceReport TakeUp(BrokerClient client, SessionEntry session, SessionDevice device)
    {
        if (device.Find() is not { } function) return Not(MissingCause, MissingRemedy);
        var facts = DeviceFacts.Of(function);
        if (client.RuleFor(facts) is not { } rule) return Not("The policy has no rule that gives this device to this client.", "Ask who runs this machine for one.");
        if (devices.Ledger.Find(device.At)?.Owner == client) return new SessionDeviceReport(device.Address, Mine: true, null, null);
        if (function.VfioCdevName is not { } cdev)
        {
            var (cause, remedy) = DeviceBroker.Unbound(function);
            return Not(cause, remedy);
        }

        if (devices.Ledger.Claim(client, [(facts, cdev)], out _, session.Number) is { } conflict)
        {
            return conflict.Other.Obstacle is { } obstacle
                ? Not(obstacle.ToString(), obstacle.Remedy)
                : Not(conflict.Other.Owner is null ? "It is being reset." : "Another connection has it, or a device of its IOMMU group.", "Try again: Watch tells when it was reset.");
        }

        using var handover = new DeviceHandover(device.At);
        var outcome = handover.Attempt();
        if (outcome.Result != HandoverResult.Ready)
        {
            devices.Ledger.Free(device.At);
            return outcome.Obstacle is { } held ? Not(held.ToString(), held.Remedy) : Not(MissingCause, MissingRemedy);
        }

        BrokerLog.Granted(logger, device.At, client, rule.Name, outcome.ResetMethods);
        devices.Tell(Happening.Claimed, facts, client);
        return new SessionDeviceReport(device.Address, Mine: true, null, null);

        SessionDeviceReport Not(string cause, string remedy)
        {
            BrokerLog.Refused(logger, "Restore", device.Address, client, cause);
            return new SessionDeviceReport(device.Address, Mine: false, cause, remedy);
        }
    }
}
