namespace Devices.Broker;

/// <summary>What came of an attempt to make a device ready for its next client.</summary>
internal enum HandoverResult
{
    /// <summary>It was reset, and nobody has it open.</summary>
    Ready,

    /// <summary>Somebody has it open.</summary>
    Held,

    /// <summary>It cannot be reset, or the kernel refuses it.</summary>
    Failed,

    /// <summary>It is not there, or no VFIO driver has it.</summary>
    Gone,
}
