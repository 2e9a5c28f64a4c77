using System.CommandLine;
using System.CommandLine.Parsing;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>Arguments that name PCI functions; the shell can complete them.</summary>
internal static class AddressArguments
{
    internal static Argument<PciAddress> One(CliHost host, string description) => Complete(host, new Argument<PciAddress>("BDF")
    {
        Description = description,
        HelpName = "BDF",
        CustomParser = static result => Read(result).FirstOrDefault(),
    });

    internal static Argument<PciAddress[]> Several(CliHost host, string description, bool required = true) => Complete(host, new Argument<PciAddress[]>("BDF")
    {
        Description = description,
        HelpName = "BDF",
        Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        CustomParser = static result => [.. Read(result)],
    });

    internal static Option<PciAddress?> Option(CliHost host, string name, string description)
    {
        var option = new Option<PciAddress?>(name)
        {
            Description = description,
            HelpName = "BDF",
            CustomParser = static result => Read(result) is [var address, ..] ? address : null,
        };
        option.CompletionSources.Add(_ => Known(host));
        return option;
    }

    internal static Option<PciAddress[]> Options(CliHost host, string name, string description, params string[] aliases)
    {
        var option = new Option<PciAddress[]>(name, aliases)
        {
            Description = description,
            HelpName = "BDF",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
            CustomParser = static result => [.. Read(result)],
        };
        option.CompletionSources.Add(_ => Known(host));
        return option;
    }

    /// <summary>Lets the shell complete an argument by the functions that there are.</summary>
    internal static T Complete<T>(CliHost host, T argument)
        where T : Argument
    {
        argument.CompletionSources.Add(_ => Known(host));
        return argument;
    }

    private static IEnumerable<string> Known(CliHost host) => host.Enumerate().Select(static function => function.Address.ToString());

    private static List<PciAddress> Read(ArgumentResult result)
    {
        var addresses = new List<PciAddress>(result.Tokens.Count);
        foreach (var token in result.Tokens)
        {
            if (!PciAddress.TryParse(token.Value, out var address))
                result.AddError($"'{token.Value}' is no PCI address: write domain:bus:device.function as in 0000:01:00.0, or bus:device.function.");
            else if (addresses.Contains(address))
                result.AddError($"{address} is given twice.");
            else
                addresses.Add(address);
        }

        return addresses;
    }
}
