using System.CommandLine;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep inventory</c>.</summary>
internal sealed class InventoryCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;

    private readonly Option<bool> _status = new("--status")
    {
        Description = "Read the registers that change too, each once",
    };

    private readonly Option<bool> _noStore = new("--no-store")
    {
        Description = "Read everything from the devices, and leave what is stored as it is",
    };

    private readonly Option<string> _store = new("--store")
    {
        Description = "The file where constants are taken from and put",
        HelpName = "FILE",
        DefaultValueFactory = static _ => ConfigCacheStore.DefaultPath,
    };

    internal InventoryCommand(CliHost host)
        : base(
            host,
            "inventory",
            "Tell ids, classes, BARs, drivers, capabilities and constant registers of all functions, with as few reads of the devices as possible; --verbose shows the registers",
            new CommandExample("inventory", "every function; each VF costs one read"),
            new CommandExample("inventory 0000:01:00.0 --status", "a PF and its VFs, with the registers that change"),
            new CommandExample("inventory --json --no-store", "for a program, all from the devices"))
    {
        _addresses = AddressArguments.Several(host, "The functions, a PF with its VFs; none for all that there are", required: false);
        Arguments.Add(_addresses);
        Options.Add(_status);
        Options.Add(_noStore);
        Options.Add(_store);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var named = parsed.GetValue(_addresses) ?? [];
        var path = parsed.GetRequiredValue(_store);
        var store = parsed.GetValue(_noStore) ? null : Load(path, run);
        var inventory = run.Host.TakeInventory(new InventoryOptions
        {
            Addresses = named.Length > 0 ? named : null,
            Status = parsed.GetValue(_status),
            Store = store,
        });
        if (store is not null)
            Save(store, path, run);
        run.Output.Write(InventoryResult.Of(inventory), static () => DevkeepJson.Shapes.InventoryResult, result => InventoryView.Render(result, run.Verbose));
        return ExitCode.Success;
    }

    // What is stored spares reads and no more: without it the inventory is the same.
    private static ConfigCacheStore? Load(string path, CommandRun run)
    {
        try
        {
            return ConfigCacheStore.Load(path);
        }
        catch (ConfigCacheStoreException damaged)
        {
            run.Note($"{damaged.Subject} is replaced: {damaged.Problem}.");
            return ConfigCacheStore.Load(path, discardDamaged: true);
        }
        catch (LinuxException failure)
        {
            run.Note($"without what is stored: {failure.Message}");
            return null;
        }
    }

    private static void Save(ConfigCacheStore store, string path, CommandRun run)
    {
        try
        {
            store.Save(path);
        }
        catch (Exception failure) when (failure is LinuxException or IOException or UnauthorizedAccessException)
        {
            run.Note($"what was read is not stored: {failure.Message}");
        }
    }
}
