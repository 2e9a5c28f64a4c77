using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>Why a device or its group cannot be opened, and what to do, in words that its file and its group share.</summary>
internal static class OpenRemedies
{
    internal static string Holders(params IEnumerable<string> paths)
    {
        var holders = FileHolder.Find(paths);
        return holders.Count == 0 ? "No process that can be seen has it open." : $"Open in: {string.Join(", ", holders)}.";
    }

    internal static string NotBound(PciFunction function)
    {
        var state = function.Driver is { } driver ? $"it is bound to {driver}" : "no driver is bound to it";
        return $"The device is not bound to vfio-pci: {state}. To change that: devkeep bind {function.Address}";
    }
}
