namespace Devices.Cli;

/// <summary>What <c>devkeep status</c> gathers.</summary>
/// <param name="Handover">Kexec Handover and live update of the running kernel.</param>
/// <param name="KexecLoaded">Whether a kernel is loaded to jump into.</param>
/// <param name="Keeper">The keeper; null where none runs.</param>
internal sealed record StatusResult(HandoverResult Handover, bool KexecLoaded, KeeperResult? Keeper);
