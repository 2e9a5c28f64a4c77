using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Varlink;

namespace Devices.Preservation.Members;

/// <summary>The interface <c>io.devkeep.Member</c>: its description and its errors.</summary>
internal static class MemberInterface
{
    internal const string Name = "io.devkeep.Member";

    internal static VarlinkDescription Description { get; } = VarlinkDescription.FromResource(typeof(MemberInterface).Assembly, Name);

    internal static VarlinkException WrongState(MemberState state, string cause, string remedy)
        => VarlinkException.Of($"{Name}.WrongState", new WrongStateMessage(state, cause, remedy), MemberMessages.Default.WrongStateMessage);

    /// <summary>The error for whatever a step threw: a driver of the process may throw anything, and the caller is to know.</summary>
    internal static VarlinkException Translate(Exception failure) => failure is PreflightException refused
        ? VarlinkException.Of(
            $"{Name}.Refused",
            new RefusedMessage(string.Join(" ", refused.Report.Refusals), null, [.. refused.Report.Findings.Select(FindingMessage.Of)]),
            MemberMessages.Default.RefusedMessage)
        : VarlinkException.Of($"{Name}.Failed", new FailedMessage(CauseOf(failure), null), MemberMessages.Default.FailedMessage);

    // What is thrown on purpose speaks for itself.
    private static string CauseOf(Exception failure) =>
        failure is LinuxException or KeeperException or RecordException or SessionStateException or TimeoutException or InvalidOperationException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";
}
