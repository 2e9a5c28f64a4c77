using Devices.Pci;

namespace Devices.Cli;

/// <summary>A register of which something else was kept than the device has.</summary>
/// <param name="Address">The function.</param>
/// <param name="Name">The register.</param>
/// <param name="Offset">Its offset, hexadecimal.</param>
/// <param name="Kept">What was kept, hexadecimal.</param>
/// <param name="Found">What the device has, hexadecimal.</param>
internal sealed record CacheDifference(string Address, string Name, string Offset, string Kept, string Found)
{
    internal static CacheDifference Of(PciAddress address, ConfigSpaceDifference difference)
    {
        var register = new ConfigRegister(difference.Offset, difference.Width, difference.Register, difference.Capability);
        return new CacheDifference(address.ToString(), register.Name, $"0x{register.Offset:x3}", register.Format(difference.Saved), register.Format(difference.Found));
    }
}
