using Devices.Vfio;

namespace Devices.Cli;

/// <summary>A feature of a device.</summary>
/// <param name="Name">Its name in the kernel's header.</param>
/// <param name="Since">The Linux that brought it.</param>
/// <param name="Supported">Whether the kernel and the device's driver have it.</param>
internal sealed record FeatureResult(string Name, string Since, bool Supported)
{
    internal static FeatureResult Of(VfioDevice device, VfioFeature feature)
    {
        var about = VfioInterfaces.Of(feature);
        return new FeatureResult(about.Name, about.Since.ToString(), device.Features.IsSupported(feature));
    }
}
