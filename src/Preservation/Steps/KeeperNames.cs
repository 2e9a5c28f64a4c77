using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.Preservation;

/// <summary>The names under which a keeper holds what belongs to a session.</summary>
internal readonly record struct KeeperNames(SessionName Session)
{
    internal string Record => $"{Session}/record";

    internal string Memory(string name) => $"{Session}/memory/{name}";

    internal string Iommufd(uint context) => $"{Session}/iommufd/{context}";

    internal string Device(PciAddress address) => $"{Session}/device/{address}";
}
