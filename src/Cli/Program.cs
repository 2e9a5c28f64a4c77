using Devices.Cli;

return DevkeepProgram.Run(args, CliHost.System());
