namespace Devices.Broker;

/// <summary>What happens to devices and clients: <c>Happening</c> of the interface.</summary>
internal enum Happening
{
    /// <summary>The first that a watcher hears: from now on nothing escapes it.</summary>
    Watching,

    /// <summary>A client has claimed the device.</summary>
    Claimed,

    /// <summary>It was given the device's file.</summary>
    Opened,

    /// <summary>It gave the device back, or its connection ended.</summary>
    Released,

    /// <summary>Its client, which had it when the service ended, has a connection again.</summary>
    Resumed,

    /// <summary>The device was reset, and is free.</summary>
    Reset,

    /// <summary>It could not be reset yet.</summary>
    Parked,

    /// <summary>A client asked for something that it does not get.</summary>
    Refused,

    /// <summary>The device is no longer there, or no VFIO driver has it any more.</summary>
    Gone,

    /// <summary>A client was given memory.</summary>
    Memory,

    /// <summary>A session of live update was preserved.</summary>
    Preserved,

    /// <summary>Its owner has said that it is complete.</summary>
    Frozen,

    /// <summary>Its owner goes on in this kernel.</summary>
    Thawed,

    /// <summary>Its owner was given its memory.</summary>
    Restored,

    /// <summary>Its owner has ended it.</summary>
    Finished,

    /// <summary>It was given up, or is lost.</summary>
    Discarded,

    /// <summary>The watcher did not keep up, and events are lost.</summary>
    Overrun,
}
