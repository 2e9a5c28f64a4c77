namespace Devices.Pci;

/// <summary>What is being done to the VFs of a PF.</summary>
public enum SriovPhase
{
    /// <summary>The kernel disables VFs.</summary>
    Disabling,

    /// <summary>The kernel enables VFs.</summary>
    Enabling,

    /// <summary>VFs are given to a driver.</summary>
    Binding,

    /// <summary>It failed: the VFs that there were are brought back, or those that there are now removed.</summary>
    RollingBack,
}
