using System.Text.Json.Serialization.Metadata;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>The errors of the interface <c>io.devkeep.Sessions</c>: each names cause and way out.</summary>
internal static class SessionErrors
{
    internal const string Interface = "io.devkeep.Sessions";

    /// <summary>Whether somebody else has a session of that name is nobody's business.</summary>
    internal static VarlinkException NotAllowed(string session) =>
        Error("NotAllowed", session, null, "This client has no session of that name, or the policy gives it none any more.", "List shows the client's sessions; who runs this machine grants them (sessions in a rule of devkeepd's policy).");

    internal static VarlinkException NoSessions(string session) =>
        Error("NotAllowed", session, null, "The policy has no rule that gives sessions to this client.", "Ask who runs this machine for a rule with sessions and sessionMemoryMiB in devkeepd's policy.");

    internal static VarlinkException NameTaken(string session) =>
        Error("NameTaken", session, null, "A session of that name is there already, of the same user.", "Take another name; or end that one: Finish if it was restored, else Discard.");

    internal static VarlinkException NotClaimed(string session, string device) =>
        Error("NotClaimed", session, device, "This connection has not claimed it.", "Claim it on this connection first (io.devkeep.Devices.Claim); or Discard the session, and preserve one without it.");

    internal static VarlinkException Unavailable(string? session, string? device, string cause, string remedy) => Error("Unavailable", session, device, cause, remedy);

    internal static VarlinkException LimitReached(long left) => Of(
        "LimitReached",
        new LimitReport($"No rule of the policy has such a session left for this client; one of {left} bytes there would be.", "Preserve less, or end sessions by the same rule.", left),
        SessionsJson.Default.LimitReport);

    internal static VarlinkException WrongState(SessionEntry session, string cause, string remedy) =>
        Of("WrongState", new WrongStateReport(session.Name, session.State, cause, remedy), SessionsJson.Default.WrongStateReport);

    internal static VarlinkException NotReady(string session, string device, Obstacle obstacle) =>
        Of("NotReady", new SessionNotReadyReport(session, device, obstacle.Cause, obstacle.Remedy, HolderReport.Of(obstacle.Holders)), SessionsJson.Default.SessionNotReadyReport);

    internal static VarlinkException Refused(string session, IReadOnlyList<PreflightFinding> findings) => Of(
        "Refused",
        new RefusedReport(
            session,
            string.Join(' ', findings.Where(static finding => finding.Level == FindingLevel.Refused).Select(static finding => $"{finding.Subject}: {finding.Reason}")),
            "The findings say what to do about each.",
            [.. findings.Select(FindingReport.Of)]),
        SessionsJson.Default.RefusedReport);

    /// <summary>The error for what the kernel, the keeper or a record says; null for what is the service's own fault.</summary>
    internal static VarlinkException? Translate(string? session, Exception failure) => failure switch
    {
        LinuxException linux => Unavailable(session, null, linux.Message, linux.Remedy ?? "See devkeepd's log."),
        PreflightException refused => Refused(session ?? "", refused.Report.Findings),
        KeeperException or RecordException or VerificationException or SessionStateException or InvalidDataException =>
            Unavailable(session, null, failure.Message, "Who runs this machine sees what the keeper holds by devkeep status, and gives the session up by Discard."),
        _ => null,
    };

    private static VarlinkException Error(string name, string? session, string? device, string cause, string remedy) =>
        Of(name, new SessionErrorReport(session, device, cause, remedy), SessionsJson.Default.SessionErrorReport);

    private static VarlinkException Of<T>(string name, T parameters, JsonTypeInfo<T> type) => VarlinkException.Of($"{Interface}.{name}", parameters, type);
}
