using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>Where constants of devices are kept between runs.</summary>
internal static class StoreOption
{
    internal static Option<string> Create() => new("--store")
    {
        Description = "The file where constants of devices are kept",
        HelpName = "FILE",
        DefaultValueFactory = static _ => ConfigCacheStore.DefaultPath,
    };
}
