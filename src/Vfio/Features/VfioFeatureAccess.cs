namespace Devices.Vfio;

/// <summary>How a feature is used.</summary>
[Flags]
public enum VfioFeatureAccess
{
    /// <summary>Whichever way.</summary>
    None = 0,
    /// <summary>It can be read (<c>VFIO_DEVICE_FEATURE_GET</c>).</summary>
    Get = 1,
    /// <summary>It can be set (<c>VFIO_DEVICE_FEATURE_SET</c>).</summary>
    Set = 2,
}
