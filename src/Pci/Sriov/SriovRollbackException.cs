namespace Devices.Pci;

/// <summary>An operation on the VFs of a PF failed, and so did putting the PF back to what it was.</summary>
public sealed class SriovRollbackException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="physicalFunction">The PF.</param>
    /// <param name="vfs">How many VFs it has now.</param>
    /// <param name="failure">Why the operation failed.</param>
    /// <param name="rollback">Why putting it back failed.</param>
    public SriovRollbackException(PciAddress physicalFunction, int vfs, Exception failure, Exception rollback)
        : base(Compose(physicalFunction, vfs, failure, rollback), failure)
    {
        PhysicalFunction = physicalFunction;
        Vfs = vfs;
        Rollback = rollback;
    }

    /// <summary>The PF.</summary>
    public PciAddress PhysicalFunction { get; }

    /// <summary>How many VFs it has now.</summary>
    public int Vfs { get; }

    /// <summary>Why putting it back failed; why the operation failed is the inner exception.</summary>
    public Exception Rollback { get; }

    private static string Compose(PciAddress physicalFunction, int vfs, Exception failure, Exception rollback)
    {
        ArgumentNullException.ThrowIfNull(failure);
        ArgumentNullException.ThrowIfNull(rollback);
        return $"{failure.Message} And {physicalFunction}, which has {vfs} VFs now, could not be put back: {rollback.Message}";
    }
}
