namespace Devices.Drivers;

/// <summary>A frame that was given to the device: which descriptors are its own, and what is to come of them.</summary>
internal struct FrameSlot
{
    /// <summary>The number in its head, by which it is known again.</summary>
    internal ulong Number;

    /// <summary>The entry of the transmit ring that reports that it was sent.</summary>
    internal int LastTransmit;

    /// <summary>The entry of the receive ring that its head lands by; its payload takes those after it.</summary>
    internal int FirstReceive;

    /// <summary>The bytes that it moves.</summary>
    internal int Payload;
}
