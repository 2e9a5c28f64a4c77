namespace Devices.Pci;

/// <summary>What the other end wants of the training at 32 GT/s (Received Enhanced Link Behavior Control).</summary>
public enum EnhancedLinkBehavior
{
    /// <summary>Full equalization.</summary>
    FullEqualization = 0,

    /// <summary>Equalization at the highest speed alone.</summary>
    EqualizationBypass = 1,

    /// <summary>No equalization.</summary>
    NoEqualization = 2,

    /// <summary>It knows modified training sets.</summary>
    ModifiedTrainingSets = 3,
}
