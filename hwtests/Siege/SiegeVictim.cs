namespace Devices.HwTests.Siege;

/// <summary>Who is killed, and in the midst of what.</summary>
internal enum SiegeVictim
{
    /// <summary>A client on its way from its start to its device at work.</summary>
    ClientStarting,

    /// <summary>A client whose device does DMA.</summary>
    ClientAtWork,

    /// <summary>devkeepd, while a client's device does DMA.</summary>
    Service,

    /// <summary>devkeepd, while a client is on its way from its start to its device at work.</summary>
    ServiceServing,

    /// <summary>A client whose device does DMA, and devkeepd while it takes the device back.</summary>
    ServiceResetting,

    /// <summary>A client whose device does DMA, while there is no devkeepd.</summary>
    ClientWithoutService,

    /// <summary>The keeper's worker.</summary>
    Worker,
}
