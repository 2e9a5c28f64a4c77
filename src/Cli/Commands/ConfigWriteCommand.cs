using System.CommandLine;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary><c>devkeep config write</c>.</summary>
internal sealed class ConfigWriteCommand : DevkeepCommand
{
    // A function need not answer for so long after a reset began (PCIe 6.6.2).
    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(100);

    private readonly Argument<PciAddress> _address;
    private readonly Argument<RegisterReference> _register = ConfigTargetArguments.Register("The register: as setpci or linux/pci_regs.h name it, numbers in hexadecimal");
    private readonly Argument<MaskedValue> _value = new("VALUE")
    {
        Description = "What to write, in hexadecimal; with a mask, its bits alone",
        HelpName = "VALUE[:MASK]",
        CustomParser = static result =>
        {
            if (MaskedValue.Parse(result.Tokens[0].Value, out var value) is { } problem)
                result.AddError(problem);
            return value;
        },
    };

    private readonly Option<int?> _width = ConfigTargetArguments.Width();
    private readonly Option<string> _store = StoreOption.Create();
    private readonly Option<bool> _force = new("--force")
    {
        Description = "Also write to a device that a driver or a process has",
    };

    internal ConfigWriteCommand(CliHost host)
        : base(
            host,
            "write",
            "Write a register, and say what it was, what it is now and what else that changed. What a driver or a process has is refused without --force",
            new CommandExample("config write 0000:01:00.0 COMMAND 4:4", "Bus Master on, the other bits as they are"),
            new CommandExample("config write 01:00.0 EXP_DEVCTL 8000:8000", "a function level reset"))
    {
        _address = AddressArguments.One(host, "The function");
        Arguments.Add(_address);
        Arguments.Add(_register);
        Arguments.Add(_value);
        Options.Add(_width);
        Options.Add(_force);
        Options.Add(_store);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var function = run.Host.Open(parsed.GetValue(_address));
        if (!parsed.GetValue(_force))
            RequireFree(function);
        using var space = function.OpenConfigSpace(writable: true);
        var policy = ConfigSpacePolicy.Read(space, ConfigSpaceOwnership.Exclusive, function.IsVirtualFunction);
        if (space.ReadUInt32(PciRegs.PCI_COMMAND) == uint.MaxValue)
            throw new UserException($"{function.Address} does not answer: Command and Status are all ones. It may be without power, or gone.");
        var layout = policy.ToSnapshot(space.Subject);
        var reference = parsed.GetRequiredValue(_register);
        var register = (reference with { Width = parsed.GetValue(_width) ?? reference.Width }).Resolve(layout);
        var value = parsed.GetValue(_value);
        _ = register.BytesOf(value.Mask ?? value.Value);

        var before = register.Read(space);
        var written = value.Over(before);
        var bytes = register.BytesOf(written);
        var effects = policy.EffectsOfWrite(register.Offset, bytes);
        if (policy.Of(register) == RegisterPolicy.Constant || effects.Any(static effect => effect is WriteEffect.Unknown or WriteEffect.VirtualFunctions))
            Forget(function, parsed.GetRequiredValue(_store));
        space.Write(register.Offset, bytes);
        if (effects.Contains(WriteEffect.Reset))
            Thread.Sleep(ResetTime);
        var after = register.Read(space);
        run.Output.Write(
            new ConfigWriteResult(
                function.Address.ToString(),
                register.Name,
                $"0x{register.Offset:x3}",
                register.Width,
                register.Format(before),
                register.Format(written),
                register.Format(after),
                [.. effects.Select(EffectName.Of)],
                RegisterFieldChange.Between(RegisterDecoder.Decode(layout, register, before), RegisterDecoder.Decode(layout, register, after))),
            DevkeepJson.Shapes.ConfigWriteResult,
            ConfigWriteView.Render);
        return ExitCode.Success;
    }

    // Constants that are kept for the next run may be so no longer. Before the write: whoever reads the store after it finds none.
    private static void Forget(PciFunction function, string path)
    {
        if (!File.Exists(path))
            return;
        var store = ConfigCacheStore.Load(path);
        store.Remove(function.PhysicalFunction ?? function.Address);
        store.Save(path);
    }

    // Whoever has the device goes on with what it believes the registers to be.
    private static void RequireFree(PciFunction function)
    {
        if (VfioCdev.FindHolders(function) is { Count: > 0 } holders)
            throw new UserException($"{function.Address} is open through VFIO by {string.Join(", ", holders)}, which would not notice the write. End it first, or give --force.");
        if (function.Driver is { } driver)
            throw new UserException($"{function.Address} has the driver {driver}, which would not notice the write. Take it away first (devkeep unbind --no-driver {function.Address}), or give --force.");
    }
}
