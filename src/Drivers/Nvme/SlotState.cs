namespace Devices.Drivers;

/// <summary>Where a command slot is in its life.</summary>
internal enum SlotState : byte
{
    /// <summary>Nothing of it is with the controller.</summary>
    Free,
    /// <summary>With the controller; its owner wants the completion.</summary>
    InFlight,
    /// <summary>With the controller; its owner gave up waiting. Its buffer is not used again before it completes.</summary>
    Abandoned,
    /// <summary>Completed, and not taken by its owner yet.</summary>
    Done,
}
