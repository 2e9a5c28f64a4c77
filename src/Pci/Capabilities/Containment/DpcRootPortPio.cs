namespace Devices.Pci;

/// <summary>Errors of requests that a root port sent itself (RP PIO), for Downstream Port Containment: each register has a bit a kind of error.</summary>
/// <param name="Status">What occurred.</param>
/// <param name="Mask">What is not reported.</param>
/// <param name="Severity">What counts as uncorrectable and triggers; the rest is only reported.</param>
/// <param name="SystemError">What raises a system error.</param>
/// <param name="Exception">What returns an exception to the processor and not all ones.</param>
public readonly record struct DpcRootPortPio(uint Status, uint Mask, uint Severity, uint SystemError, uint Exception);
