namespace Devices.HwTests.Siege;

/// <summary>What has the device.</summary>
internal enum SiegeClientKind
{
    /// <summary>There was none in this round.</summary>
    None,

    /// <summary>A driver that claims by itself (<see cref="SiegeClient"/>).</summary>
    Driver,

    /// <summary>QEMU with a guest (<see cref="SiegeVmm"/>).</summary>
    Vmm,
}
