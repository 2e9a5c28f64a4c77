namespace Devices.Cli;

/// <summary>One step, as the audit log has it.</summary>
/// <param name="Time">When the step ended, or began if it is the jump; UTC.</param>
/// <param name="BootId">The running kernel's own id: another one after each jump.</param>
/// <param name="Kernel">Its release.</param>
/// <param name="Uid">The user of the process.</param>
/// <param name="LoginUid">The user who logged in, whoever he has become since; null for a service, or where the kernel does not keep it.</param>
/// <param name="Pid">The process.</param>
/// <param name="Command">The command: <c>update</c>, <c>restore</c> and so on.</param>
/// <param name="Session">The session's name.</param>
/// <param name="Step">The step.</param>
/// <param name="Devices">The devices of the session; empty where they are not known yet.</param>
/// <param name="Result"><c>done</c>, <c>failed</c>, or <c>begun</c> of the jump.</param>
/// <param name="Ms">How long it took, in milliseconds; null of the jump.</param>
/// <param name="Detail">Why it failed, or what is worth knowing; null for nothing.</param>
internal sealed record AuditLine(
    DateTimeOffset Time,
    string BootId,
    string Kernel,
    uint Uid,
    uint? LoginUid,
    int Pid,
    string Command,
    string Session,
    string Step,
    IReadOnlyList<string> Devices,
    string Result,
    double? Ms,
    string? Detail);
