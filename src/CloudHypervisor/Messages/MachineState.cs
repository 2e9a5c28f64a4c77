namespace Devices.CloudHypervisor;

/// <summary>What a VM does (<c>VmState</c>).</summary>
public enum MachineState
{
    /// <summary>One that this release does not know.</summary>
    Unknown,

    /// <summary>It has a configuration, and was not booted yet.</summary>
    Created,

    /// <summary>Its guest runs.</summary>
    Running,

    /// <summary>It was shut down.</summary>
    Shutdown,

    /// <summary>Its guest stands still.</summary>
    Paused,

    /// <summary>A debugger stopped it.</summary>
    BreakPoint,
}
