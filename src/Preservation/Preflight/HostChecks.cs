using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>Checks of what else the host has that a jump meets: lockdown, a crash kernel.</summary>
internal static class HostChecks
{
    private const string System = "system";

    internal static IEnumerable<PreflightFinding> Run(KernelCommandLine next, KernelImage? image)
        => CheckLockdown(Lockdown.Read(), image?.IsSigned).Concat(CheckCrashKernel(KexecFile.IsCrashLoaded, next));

    /// <summary>What lockdown forbids of what is done here. Whether a signature is one that this kernel trusts only the load tells, which comes before anything is frozen.</summary>
    /// <param name="level">The running kernel's; null where it is not known.</param>
    /// <param name="signed">Whether the next kernel's image has a signature; null where there is no image.</param>
    internal static IEnumerable<PreflightFinding> CheckLockdown(LockdownLevel? level, bool? signed)
    {
        const string Check = "lockdown";
        if (level is null)
        {
            yield return new PreflightFinding(Check, System, FindingLevel.Note, "Whether the kernel is locked down is not known: securityfs is not mounted.", "mount -t securityfs securityfs /sys/kernel/security");
            yield break;
        }

        if (level == LockdownLevel.None)
        {
            yield return new PreflightFinding(Check, System, FindingLevel.Passed, "The kernel is not locked down.");
            yield break;
        }

        yield return new PreflightFinding(
            Check,
            System,
            FindingLevel.Note,
            $"The kernel is locked down ({level}): it loads only images and modules with a signature that it trusts, and no process may write raw configuration space (devkeep config write) or map BARs through sysfs. VFIO is not restricted, nor is what is done by it.");
        if (signed == false)
            yield return new PreflightFinding(Check, System, FindingLevel.Note, "The next kernel's image has no signature: the load will be refused, unless IMA vouches for it. That is before anything is frozen.", "Take a signed image, whose key the running kernel has.");
    }

    /// <summary>A crash kernel lives in the running kernel's memory and ends with it.</summary>
    internal static IEnumerable<PreflightFinding> CheckCrashKernel(bool isLoaded, KernelCommandLine next)
    {
        const string Check = "crash kernel";
        if (!isLoaded) yield break;
        yield return next.Get("crashkernel") is null
            ? new PreflightFinding(Check, System, FindingLevel.Note, "A crash kernel is loaded. The next kernel begins without one, and has no memory for it: its command line lacks crashkernel=.", "Add crashkernel= to the next command line, and load it again after the restore (systemctl restart kdump, or kdump-tools).")
            : new PreflightFinding(Check, System, FindingLevel.Note, "A crash kernel is loaded. The next kernel begins without one: until it is loaded again a crash leaves no dump.", "Load it again after the restore (systemctl restart kdump, or kdump-tools).");
    }
}
