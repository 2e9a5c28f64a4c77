using System.CommandLine;
using Devices.Linux;

namespace Devices.Cli;

/// <summary>The kernel that a crash is to jump to, to be loaded again where no service does that.</summary>
internal sealed class CrashKernelOptions
{
    private readonly Option<string?> _image = new("--crash-kernel")
    {
        Description = "Load this image for a crash once the devices serve again, into the memory that crashkernel= sets aside",
        HelpName = "FILE",
    };

    private readonly Option<string?> _initrd = new("--crash-initrd")
    {
        Description = "Its initial RAM disk [default: none]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _commandLine = new("--crash-command-line")
    {
        Description = "Its whole command line",
        HelpName = "ARGS",
    };

    internal CrashKernelOptions(Command command)
    {
        command.Options.Add(_image);
        command.Options.Add(_initrd);
        command.Options.Add(_commandLine);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_image) is null != result.GetValue(_commandLine) is null)
                result.AddError("--crash-kernel and --crash-command-line go together: it does not boot with the running kernel's.");
        });
    }

    /// <summary>Loads it if one was named; else tells if there is memory for one and nothing in it.</summary>
    internal void Load(ParseResult parsed, CommandRun run, SessionSteps steps)
    {
        if (parsed.GetValue(_image) is { } path)
        {
            steps.During("crash-kernel", $"Loading {path} for a crash", () =>
            {
                using var image = FileDescriptor.Open(path, OpenMode.ReadOnly);
                using var initrd = parsed.GetValue(_initrd) is { } disk ? FileDescriptor.Open(disk, OpenMode.ReadOnly) : null;
                KexecFile.LoadForCrash(image, initrd, parsed.GetRequiredValue(_commandLine)!);
            });
        }
        else if (KexecFile.IsCrashMemoryReserved && !KexecFile.IsCrashLoaded)
        {
            run.Note("memory for a crash kernel is reserved and none is loaded: until it is (systemctl restart kdump, or kdump-tools) a crash leaves no dump.");
        }
    }
}
