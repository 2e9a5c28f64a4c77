using System.CommandLine;
using System.CommandLine.Parsing;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>Arguments of commands that read configuration space, of this host's functions or of dumps.</summary>
internal static class ConfigTargetArguments
{
    internal static Argument<ConfigTarget> One(CliHost host, string description, string name = "BDF|FILE")
    {
        var argument = new Argument<ConfigTarget>(name)
        {
            Description = description,
            HelpName = name,
            CustomParser = static result => Read(result).FirstOrDefault(),
        };
        AddressArguments.Complete(host, argument);
        return argument;
    }

    internal static Argument<ConfigTarget[]> Several(CliHost host, string description)
    {
        var argument = new Argument<ConfigTarget[]>("BDF|FILE")
        {
            Description = description,
            HelpName = "BDF|FILE",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = static result => [.. Read(result)],
        };
        AddressArguments.Complete(host, argument);
        return argument;
    }

    internal static Argument<RegisterReference> Register(string description) => Complete(new Argument<RegisterReference>("REGISTER")
    {
        Description = description,
        HelpName = "REGISTER",
        CustomParser = static result => ReadRegisters(result).FirstOrDefault()!,
    });

    internal static Argument<RegisterReference[]> Registers(string description, bool required) => Complete(new Argument<RegisterReference[]>("REGISTER")
    {
        Description = description,
        HelpName = "REGISTER",
        Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        CustomParser = static result => [.. ReadRegisters(result)],
    });

    /// <summary>The width to access registers with.</summary>
    internal static Option<int?> Width() => new("--width", "-w")
    {
        Description = "Access it with so many bytes: 1, 2 or 4 [default: its own width]",
        HelpName = "BYTES",
        CustomParser = static result =>
        {
            if (result.Tokens is [{ Value: "1" or "2" or "4" } token])
                return token.Value[0] - '0';
            result.AddError($"'{result.Tokens[0].Value}' is no width of a register: write 1, 2 or 4.");
            return null;
        },
    };

    private static T Complete<T>(T argument)
        where T : Argument
    {
        argument.CompletionSources.Add(static _ => RegisterReference.KnownNames.Select(static name => new System.CommandLine.Completions.CompletionItem(name)));
        return argument;
    }

    private static List<ConfigTarget> Read(ArgumentResult result)
    {
        var targets = new List<ConfigTarget>(result.Tokens.Count);
        foreach (var token in result.Tokens)
        {
            if (ConfigTarget.Parse(token.Value, out var target) is { } problem)
                result.AddError(problem);
            else
                targets.Add(target);
        }

        return targets;
    }

    private static List<RegisterReference> ReadRegisters(ArgumentResult result)
    {
        var registers = new List<RegisterReference>(result.Tokens.Count);
        foreach (var token in result.Tokens)
        {
            if (RegisterReference.TryParse(token.Value, out var register))
                registers.Add(register);
            else
                result.AddError($"'{token.Value}' names no register: write it as setpci does (COMMAND, CAP_EXP+10, ECAP_AER+4, 10.l) or as linux/pci_regs.h does (EXP_DEVCTL), numbers in hexadecimal.");
        }

        return registers;
    }
}
