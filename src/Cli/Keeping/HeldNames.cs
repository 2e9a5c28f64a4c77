using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>What a keeper holds for a session: the descriptors whose names begin with it.</summary>
internal static class HeldNames
{
    internal static IReadOnlyList<string> Of(IFdKeeper keeper, SessionName session) =>
        [.. keeper.List().Select(static held => held.Name).Where(name => name.StartsWith($"{session}/", StringComparison.Ordinal))];

    /// <summary>The devices among such names: <c>NAME/device/0000:01:00.0</c>.</summary>
    internal static IReadOnlyList<PciAddress> DevicesIn(IEnumerable<string> names)
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
