namespace Devices.Preservation;

/// <summary>How far a session had come when its record was written.</summary>
public enum RecordPhase
{
    /// <summary>Memory is in the session and the devices work.</summary>
    Preserved = 1,
    /// <summary>The devices are at rest and the record says all.</summary>
    Frozen = 2,
    /// <summary>The devices were handed to their drivers in the next kernel.</summary>
    Resumed = 3,
}
