using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>The options that say which kernel comes next.</summary>
internal sealed class NextKernelOptions
{
    private readonly Option<string?> _image = new("--image", "-i", "--kernel")
    {
        Description = "The next kernel's image, a bzImage [default: the running kernel's]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _initrd = new("--initrd")
    {
        Description = "Its initial RAM disk [default: none]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _append = new("--append", "-a")
    {
        Description = "Parameters to set on the command line that is composed from the running one",
        HelpName = "ARGS",
    };

    private readonly Option<string?> _commandLine = new("--command-line")
    {
        Description = "Its whole command line, instead of the composed one",
        HelpName = "ARGS",
    };

    internal NextKernelOptions(Command command)
    {
        command.Options.Add(_image);
        command.Options.Add(_initrd);
        command.Options.Add(_append);
        command.Options.Add(_commandLine);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_append) is not null && result.GetValue(_commandLine) is not null)
                result.AddError("--append changes the composed command line and --command-line replaces it: give one of them.");
        });
    }

    internal NextKernel Read(ParseResult parsed, CommandRun run)
    {
        var kernel = parsed.GetValue(_image) is { } path ? new NextKernel(path) : new NextKernel(run.Progress.During("Looking for the running kernel's image", FindRunning));
        return kernel with
        {
            InitrdPath = parsed.GetValue(_initrd),
            CommandLine = parsed.GetValue(_commandLine) is { } whole ? KernelCommandLine.Parse(whole) : null,
            Parameters = parsed.GetValue(_append) is { } more ? KernelCommandLine.Parse(more).Parameters : [],
        };
    }

    private static KernelImage FindRunning()
        => KernelImage.FindRunning() ?? throw new UserException("The running kernel's image is not in /boot or /lib/modules: give the next kernel's by --image FILE.");
}
