using System.CommandLine;
using Devices.Linux;
using Devices.LiveUpdate;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Devices.Broker;

/// <summary>The program: reads its options and the policy, listens, and serves until SIGTERM or Ctrl-C.</summary>
internal static class DevkeepdProgram
{
    internal const string DefaultSocket = "/run/devkeepd/devices.sock";
    internal const string DefaultPolicy = "/etc/devkeep/devkeepd.json";
    private const string Name = "devkeepd";
    private const int Success = 0;
    private const int Failure = 1;
    private const int Misuse = 2;

    internal static int Run(IReadOnlyList<string> args)
    {
        var policy = new Option<string>("--policy") { Description = "The file that says who may have what", HelpName = "FILE", DefaultValueFactory = static _ => DefaultPolicy };
        var socket = new Option<string>("--socket") { Description = "Where to listen, unless the service manager passes a socket", HelpName = "PATH", DefaultValueFactory = static _ => DefaultSocket };
        var keeper = new Option<string?>("--keeper") { Description = "The keeper (devkeep keeper) that holds live update sessions of clients, so that they outlive this service [default: this process holds them, and the service manager with it]", HelpName = "SOCKET" };
        var metrics = new Option<string?>("--metrics") { Description = "Where to tell Prometheus how things stand: the path of a socket, or 127.0.0.1:PORT", HelpName = "PLACE" };
        var root = new RootCommand("Opens PCI devices under VFIO and hands them to programs that run without rights, as a policy says.") { policy, socket, keeper, metrics };
        root.SetAction(parsed => Serve(parsed.GetRequiredValue(policy), parsed.GetRequiredValue(socket), parsed.GetValue(keeper), parsed.GetValue(metrics)));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0) return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        foreach (var error in parsed.Errors) Console.Error.WriteLine($"{Name}: {error.Message}");
        Console.Error.WriteLine($"See '{Name} --help'.");
        return Misuse;
    }

    private static int Serve(string policyPath, string socketPath, string? keeperSocket, string? metricsPlace)
    {
        try
        {
            var policy = new PolicySource(policyPath, PolicyFile.Load(policyPath));
            var passed = PassedDescriptors.Take();
            using var socket = ListeningSocket.Open(socketPath, passed.Sockets);
            using var metrics = metricsPlace is null ? null : ListeningSocket.OpenForMetrics(metricsPlace);
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = Name });
            // What systemd puts into the journal has its own time and level.
            var toJournal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null;
            builder.Logging.AddConsole(options =>
            {
                options.FormatterName = toJournal ? ConsoleFormatterNames.Systemd : ConsoleFormatterNames.Simple;
                options.LogToStandardErrorThreshold = LogLevel.Trace;
            });
            builder.Services.Configure<SimpleConsoleFormatterOptions>(static options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "HH:mm:ss.fff ";
            });
            builder.Services.Configure<ConsoleLifetimeOptions>(static options => options.SuppressStatusMessages = true);
            builder.Services.AddSingleton(passed);
            builder.Services.AddSingleton(socket);
            builder.Services.AddSingleton(policy);
            builder.Services.AddSingleton(services => SessionKeeper.Choose(keeperSocket, passed.Keeper, services.GetRequiredService<ILogger<DeviceBroker>>()));
            builder.Services.AddSingleton(new MetricsPlace(metrics));
            builder.Services.AddHostedService<BrokerService>();
            builder.Build().Run();
            return Success;
        }
        catch (Exception failure) when (failure is PolicyException or LinuxException or KeeperException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{Name}: {failure.Message}");
            return Failure;
        }
    }
}
