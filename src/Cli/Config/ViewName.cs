using Devices.Pci;

namespace Devices.Cli;

/// <summary>Views as they are typed and printed.</summary>
internal static class ViewName
{
    internal static string[] All { get; } = [.. Enum.GetValues<ConfigSpaceView>().Select(Of)];

    internal static string Of(ConfigSpaceView view) => view.ToString().ToLowerInvariant();

    internal static ConfigSpaceView Parse(string name) => Enum.GetValues<ConfigSpaceView>()[Array.IndexOf(All, name)];
}
