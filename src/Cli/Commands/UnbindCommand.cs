using System.CommandLine;
using Devices.Pci;
using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary><c>devkeep unbind</c>.</summary>
internal sealed class UnbindCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;
    private readonly Option<bool> _none = new("--no-driver")
    {
        Description = "Leave the functions without a driver",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Also take a device away whose disks are in use",
    };

    internal UnbindCommand(CliHost host)
        : base(
            host,
            "unbind",
            "Give functions back to the kernel's own choice of driver (clears driver_override)",
            new CommandExample("unbind 0000:01:00.0", "back to its native driver, where that is loaded"),
            new CommandExample("unbind --no-driver 0000:01:00.0", "without a driver"))
    {
        _addresses = AddressArguments.Several(host, "The functions");
        Arguments.Add(_addresses);
        Options.Add(_none);
        Options.Add(_force);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var functions = parsed.GetRequiredValue(_addresses).Select(run.Host.Open).ToArray();
        foreach (var function in functions)
        {
            DeviceUse.RequireNotHeld(function, "unbinding would wait until that ends");
            if (!parsed.GetValue(_force))
                DeviceUse.RequireIdle(function);
        }

        var binding = new DriverBinding(run.Loggers.CreateLogger<DriverBinding>());
        var none = parsed.GetValue(_none);
        var result = BindingChanges.Make(functions, function => run.Progress.During($"Unbinding {function.Address}", () =>
        {
            if (none)
                binding.Unbind(function);
            else
                binding.BindDefault(function);
        }), run);
        run.Output.Write(result, DevkeepJson.Shapes.BindingResult, BindingResultView.Render);
        return ExitCode.Success;
    }
}
