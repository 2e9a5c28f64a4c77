using Devices.Pci;

namespace Devices.Cli;

/// <summary>Devices among what a keeper holds.</summary>
internal static class HeldDevices
{
    /// <summary>The devices among a session's names: <c>NAME/device/0000:01:00.0</c>.</summary>
    internal static IReadOnlyList<PciAddress> In(IEnumerable<string> names)
    {
        var addresses = new List<PciAddress>();
        foreach (var parts in names.Select(static name => name.Split('/')))
        {
            if (parts is [.., "device", var text] && PciAddress.TryParse(text, out var address))
                addresses.Add(address);
        }

        return addresses;
    }
}
