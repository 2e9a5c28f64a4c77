namespace Devices.Cli;

/// <summary>The phases of a blackout, in milliseconds.</summary>
/// <param name="FreezeMs">Drivers to rest, other holders stopped, record, sync.</param>
/// <param name="KernelShutdownMs">From reboot(2) to the next kernel's first tick.</param>
/// <param name="KernelBootMs">The next kernel and its init, until the toolkit starts.</param>
/// <param name="RestoreMs">Session, verification, binding, mapping, interrupts.</param>
/// <param name="ResumeMs">The drivers.</param>
internal sealed record BlackoutPhases(double FreezeMs, double KernelShutdownMs, double KernelBootMs, double RestoreMs, double ResumeMs);
