namespace Devices.LiveUpdate;

/// <summary>Between which kernels a session travels.</summary>
public enum SessionDirection
{
    /// <summary>From this kernel to the next one.</summary>
    Outgoing,

    /// <summary>From the previous kernel to this one.</summary>
    Incoming,
}
