namespace Devices.Broker;

/// <summary>What survives of a device: <c>Tier</c> of the sessions' interface.</summary>
internal enum KeptTier
{
    /// <summary>That nobody else gets it. It is reset.</summary>
    Cold,
}
