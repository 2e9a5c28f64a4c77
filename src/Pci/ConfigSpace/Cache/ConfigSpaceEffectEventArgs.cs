namespace Devices.Pci;

/// <summary>Tells what happened to a function that others depend on.</summary>
/// <param name="effect">What happened.</param>
public sealed class ConfigSpaceEffectEventArgs(ConfigSpaceEffect effect) : EventArgs
{
    /// <summary>What happened.</summary>
    public ConfigSpaceEffect Effect { get; } = effect;
}
