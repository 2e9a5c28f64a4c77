using System.Text.Json.Serialization.Metadata;
using Devices.Linux;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>The errors of the interface <c>io.devkeep.Devices</c>: each names cause and way out.</summary>
internal static class BrokerErrors
{
    internal const string Interface = "io.devkeep.Devices";

    internal static VarlinkException NotAllowed(string device) => Of(
        "NotAllowed",
        new ErrorReport(device, "The policy has no rule that gives this device to this client, or there is no such device.", "Ask who runs this machine for a rule in devkeepd's policy; List shows what there is for this client."),
        BrokerJson.Default.ErrorReport);

    internal static VarlinkException NoMemoryAllowed() => Of(
        "NotAllowed", new ErrorReport(null, "The policy has no rule that gives memory to this client.", "Ask who runs this machine for a rule with memoryMiB in devkeepd's policy."), BrokerJson.Default.ErrorReport);

    internal static VarlinkException AlreadyClaimed(string device, bool byGroup) => Of(
        "AlreadyClaimed",
        new ErrorReport(
            device,
            byGroup ? "Another client has a device of its IOMMU group, from which it is not isolated." : "Another client has it.",
            "Wait until that client gives it back: Watch tells when it was reset."),
        BrokerJson.Default.ErrorReport);

    internal static VarlinkException ToBeResumed(string device) => Of(
        "AlreadyClaimed",
        new ErrorReport(device, "This process has it already, by a connection that ended with an earlier run of the service.", "Take it up again: Resume."),
        BrokerJson.Default.ErrorReport);

    internal static VarlinkException KeptForSession(string device, bool byGroup) => Of(
        "AlreadyClaimed",
        new ErrorReport(
            device,
            byGroup ? "A device of its IOMMU group, from which it is not isolated, is kept for the owner of a live update session." : "It is kept for the owner of a live update session.",
            "The owner gets it by io.devkeep.Sessions.Restore, or Thaw; Finish and Discard end that, and root may Discard any session."),
        BrokerJson.Default.ErrorReport);

    internal static VarlinkException NotClaimed(string device) =>
        Of("NotClaimed", new ErrorReport(device, "This connection has not claimed it.", "Claim it on this connection first; a claim ends with its connection, but for one that ended with the service: Resume."), BrokerJson.Default.ErrorReport);

    internal static VarlinkException NotReady(string device, Obstacle obstacle) =>
        Of("NotReady", new NotReadyReport(device, obstacle.Cause, obstacle.Remedy, HolderReport.Of(obstacle.Holders)), BrokerJson.Default.NotReadyReport);

    internal static VarlinkException Unavailable(string? device, string cause, string remedy) => Of("Unavailable", new ErrorReport(device, cause, remedy), BrokerJson.Default.ErrorReport);

    internal static VarlinkException LimitReached(string cause, string remedy, long left) => Of("LimitReached", new LimitReport(cause, remedy, left), BrokerJson.Default.LimitReport);

    /// <summary>What a connection hears that is one too many.</summary>
    internal static VarlinkException TooManyConnections(VarlinkLimits limits) => LimitReached(
        $"The service has all the connections that it takes: {limits.Connections}, {limits.ConnectionsPerUser} of one user.", "Close some of this user's, or try again when others have ended.", left: 0);

    /// <summary>The error for a failure that no device is the subject of.</summary>
    internal static VarlinkException? Translate(Exception failure) =>
        failure is LinuxException linux ? Unavailable(null, linux.Message, linux.Remedy ?? "See devkeepd's log.") : null;

    private static VarlinkException Of<T>(string name, T parameters, JsonTypeInfo<T> type) => VarlinkException.Of($"{Interface}.{name}", parameters, type);
}
