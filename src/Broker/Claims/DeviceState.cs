namespace Devices.Broker;

/// <summary>How a device stands: <c>State</c> of the interface.</summary>
internal enum DeviceState
{
    /// <summary>It can be claimed.</summary>
    Free,

    /// <summary>A client has it, and has not opened it.</summary>
    Claimed,

    /// <summary>A client has it and was given its file.</summary>
    Opened,

    /// <summary>A client has it whose connection ended with an earlier run of the service, and whose process lives.</summary>
    Kept,

    /// <summary>Its client has left; it is being reset.</summary>
    Resetting,

    /// <summary>Its client has left; it could not be reset yet, and will be tried again.</summary>
    Parked,

    /// <summary>No VFIO driver has it.</summary>
    Unavailable,
}
