namespace Devices.Broker;

/// <summary>How a session of live update stands: <c>State</c> of its interface.</summary>
internal enum SessionState
{
    /// <summary>Its memory is in the session; its owner works on. It does not come over like this.</summary>
    Preserved,

    /// <summary>Its owner has said that it is complete, and its devices are closed: a jump takes it along.</summary>
    Frozen,

    /// <summary>It came from the kernel before, and its owner has not asked for it yet.</summary>
    Arrived,

    /// <summary>Its owner has its memory.</summary>
    Restored,
}
