namespace Devices.Pci;

/// <summary>What must be the same for values that were cached before a kexec to be right after it.</summary>
/// <param name="Ids">Vendor, device and subsystem.</param>
/// <param name="ClassCode">What it is.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="SerialNumber">Its serial number (DSN), or null if that was not read; then the serial number is not kept either.</param>
/// <param name="Firmware">Its firmware's version as its driver tells it, or null if that is not known.</param>
/// <param name="Sriov">Its VFs, or null if it has none.</param>
public sealed record ConfigIdentity(PciIds Ids, PciClassCode ClassCode, byte Revision, ulong? SerialNumber, string? Firmware, SriovIdentity? Sriov)
{
    /// <summary>
    /// The identity of a function for its own cache. The kernel read it from the device when it found it, after a kexec anew: asking costs the device nothing.
    /// Of SR-IOV only what is the same whether VFs are enabled or not.
    /// </summary>
    /// <param name="function">The function, not a VF: sysfs tells of a VF what VF 0 is.</param>
    /// <param name="serialNumber">Its serial number where that is to be compared.</param>
    /// <param name="firmware">Its firmware's version where that is to be compared.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">It is a VF.</exception>
    public static ConfigIdentity Of(PciFunction function, ulong? serialNumber = null, string? firmware = null)
    {
        var sriov = Checked(function).Sriov is { } control ? new SriovIdentity(control.TotalVfs, 0, 0, 0, control.VfDeviceId) : (SriovIdentity?)null;
        return new ConfigIdentity(function.Ids, function.ClassCode, function.Revision, serialNumber, firmware, sriov);
    }

    /// <summary>The identity of a PF's VFs, for what they share: the PF's, and where the VFs are that are enabled now.</summary>
    /// <param name="physicalFunction">The PF.</param>
    /// <param name="serialNumber">Its serial number where that is to be compared.</param>
    /// <param name="firmware">Its firmware's version where that is to be compared.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">It is no PF.</exception>
    public static ConfigIdentity OfVfs(PciFunction physicalFunction, ulong? serialNumber = null, string? firmware = null)
    {
        var control = Checked(physicalFunction).Sriov
            ?? throw new ArgumentException($"{physicalFunction.Address} has no VFs", nameof(physicalFunction));
        var sriov = new SriovIdentity(control.TotalVfs, control.NumVfs, control.FirstVfOffset, control.VfStride, control.VfDeviceId);
        return new ConfigIdentity(physicalFunction.Ids, physicalFunction.ClassCode, physicalFunction.Revision, serialNumber, firmware, sriov);
    }

    /// <summary>What is not as it was.</summary>
    /// <param name="found">What was found.</param>
    /// <returns>In words, or null if all is the same.</returns>
    internal string? Difference(ConfigIdentity found)
    {
        if (Ids != found.Ids)
            return $"it was {Ids} and is {found.Ids}";
        if (ClassCode != found.ClassCode)
            return $"its class was {ClassCode} and is {found.ClassCode}";
        if (Revision != found.Revision)
            return $"its revision was 0x{Revision:x2} and is 0x{found.Revision:x2}";
        if (SerialNumber != found.SerialNumber)
            return $"its serial number was {Text(SerialNumber)} and is {Text(found.SerialNumber)}";
        if (!string.Equals(Firmware, found.Firmware, StringComparison.Ordinal))
            return $"its firmware was {Firmware ?? "not known"} and is {found.Firmware ?? "not known"}";
        return Sriov == found.Sriov ? null : $"its VFs were {Text(Sriov)} and are {Text(found.Sriov)}";
    }

    private static PciFunction Checked(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.IsVirtualFunction
            ? throw new ArgumentException($"{function.Address} is a VF: what sysfs tells of it is VF 0's and proves nothing", nameof(function))
            : function;
    }

    private static string Text(ulong? serialNumber) => serialNumber is { } number ? $"{number:x16}" : "not known";

    private static string Text(SriovIdentity? sriov) => sriov?.ToString() ?? "none";
}
