using System.CommandLine;
using System.CommandLine.Help;

namespace Devices.Cli;

/// <summary>The program: its commands and what they share.</summary>
internal sealed class DevkeepRoot : RootCommand, IHasExamples
{
    internal const string ProgramName = "devkeep";

    internal DevkeepRoot(CliHost host)
        : base("Keeps PCI devices under VFIO alive while the host's kernel is replaced by kexec.")
    {
        Options.Add(CommonOptions.Json);
        Options.Add(CommonOptions.Verbose);
        Subcommands.Add(new ListCommand(host));
        Subcommands.Add(new ShowCommand(host));
        Subcommands.Add(new InventoryCommand(host));
        Subcommands.Add(new ProbeCommand(host));
        Subcommands.Add(new BindCommand(host));
        Subcommands.Add(new UnbindCommand(host));
        Subcommands.Add(new SriovCommand(host));
        Subcommands.Add(new MemoryCommand(host));
        Subcommands.Add(new RunCommand(host));
        Subcommands.Add(new VmmCommand(host));
        Subcommands.Add(new SessionCommand(host));
        Subcommands.Add(new ConfigCommand(host));
        Subcommands.Add(new CacheCommand(host));
        Subcommands.Add(new PreflightCommand(host));
        Subcommands.Add(new PreserveCommand(host));
        Subcommands.Add(new KexecCommand(host));
        Subcommands.Add(new UpdateCommand(host));
        Subcommands.Add(new RestoreCommand(host));
        Subcommands.Add(new DiscardCommand(host));
        Subcommands.Add(new StatusCommand(host));
        Subcommands.Add(new KeeperCommand(host));
        Subcommands.Add(new RecordCommand(host));
        Subcommands.Add(new CompletionCommand(host));
        Subcommands.Add(new ManCommand(host));
        foreach (var option in Options)
        {
            if (option is HelpOption { Action: HelpAction usual })
                option.Action = new HelpWithExamples(usual);
        }
    }

    public IReadOnlyList<CommandExample> Examples { get; } =
    [
        new("list", "what is there, and which driver has it"),
        new("show 0000:01:00.0", "everything about one device, and how much of it can survive a kexec"),
        new("keeper", "in the background, before the jump and after it: holds what must not be closed"),
        new("preserve --session lab 0000:01:00.0", "before the jump: the device and its memory into a session"),
        new("kexec --session lab", "the jump"),
        new("restore --session lab", "after the jump, with a keeper running again"),
    ];
}
