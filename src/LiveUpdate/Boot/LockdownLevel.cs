namespace Devices.LiveUpdate;

/// <summary>How far the kernel is locked down against root.</summary>
public enum LockdownLevel
{
    /// <summary>The kernel has no lockdown, or nothing is locked.</summary>
    None,
    /// <summary>The running kernel cannot be changed: no unsigned image or module, no raw access to devices.</summary>
    Integrity,
    /// <summary>Nor can its secrets be read: no kprobes, no tracing, no <c>/proc/kcore</c>.</summary>
    Confidentiality,
}
