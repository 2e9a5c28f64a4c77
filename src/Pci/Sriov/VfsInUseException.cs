using Devices.Linux;

namespace Devices.Pci;

/// <summary>VFs of a PF cannot be disabled, since processes have them open through VFIO: the kernel would wait until the last one has closed.</summary>
public sealed class VfsInUseException : LinuxException
{
    private const int Told = 4;

    /// <summary>Creates the exception.</summary>
    /// <param name="physicalFunction">The PF.</param>
    /// <param name="holders">Who has which VF open; at least one.</param>
    public VfsInUseException(PciAddress physicalFunction, IReadOnlyList<VfHolder> holders)
        : base(Errno.EBUSY, "disable VFs", physicalFunction.ToString(), Advice(holders))
    {
        PhysicalFunction = physicalFunction;
        Holders = holders;
    }

    /// <summary>The PF.</summary>
    public PciAddress PhysicalFunction { get; }

    /// <summary>Who has which VF open.</summary>
    public IReadOnlyList<VfHolder> Holders { get; }

    private static string Advice(IReadOnlyList<VfHolder> holders)
    {
        ArgumentNullException.ThrowIfNull(holders);
        var rest = holders.Count > Told ? $" and {holders.Count - Told} more" : string.Empty;
        return $"VFs are open: {string.Join(", ", holders.Take(Told))}{rest}. End these processes, or have them close the VFs, first.";
    }
}
