namespace Devices.Cli;

/// <summary>A VMM that runs, for devices to be plugged into.</summary>
internal interface IRunningVmm : IDisposable
{
    /// <summary>Whether an iommufd has to be passed beside a device.</summary>
    bool TakesIommufd { get; }

    /// <summary>Checks that it could take a device, before one is opened: opening resets.</summary>
    /// <exception cref="UserException">It could not: why, and the way out.</exception>
    void RequirePluggable();

    /// <summary>Plugs a device in.</summary>
    /// <param name="plug">The device.</param>
    /// <returns>Its address in the guest; null if the VMM does not tell.</returns>
    string? Plug(PlugOrder plug);

    /// <summary>Asks the guest to let go of a device, and waits until it has.</summary>
    /// <param name="id">What the VMM calls it.</param>
    /// <param name="patience">How long the guest may take.</param>
    void Unplug(string id, TimeSpan patience);
}
