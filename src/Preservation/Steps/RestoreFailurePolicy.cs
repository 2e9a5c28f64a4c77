namespace Devices.Preservation;

/// <summary>What becomes of a device that does not come back as it was kept.</summary>
public enum RestoreFailurePolicy
{
    /// <summary>The restore ends there; the keeper holds everything, and it can be tried again.</summary>
    Stop,
    /// <summary>The device is reset and comes back in the cold tier, with its memory; the others are not touched by that. Where it cannot be reset alone, the restore ends.</summary>
    Cold,
}
