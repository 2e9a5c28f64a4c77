namespace Devices.Cli;

/// <summary>The formats of a kernel's handover; null where it has none or does not tell.</summary>
/// <param name="Kho">Kexec Handover: <c>kho-v4</c>.</param>
/// <param name="Luo">Live Update Orchestrator: <c>luo-v5</c>.</param>
/// <param name="Memfd">Preserved memfds: <c>memfd-v2</c>. No file shows it: only an image tells.</param>
internal sealed record FormatsResult(string? Kho, string? Luo, string? Memfd);
