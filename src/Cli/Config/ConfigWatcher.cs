using Devices.Pci;

namespace Devices.Cli;

/// <summary>Reads registers again and again and says what changed. Each dword that holds one is read once a round.</summary>
internal sealed class ConfigWatcher
{
    private const int DwordSize = sizeof(uint);

    private readonly IPciConfigSpace _space;
    private readonly ConfigSpaceSnapshot _layout;
    private readonly IReadOnlyList<ConfigRegister> _registers;
    private readonly Dictionary<int, uint> _dwords;
    private bool _answers = true;

    /// <summary>Reads the registers for the first time.</summary>
    /// <exception cref="UserException">The function does not answer.</exception>
    internal ConfigWatcher(IPciConfigSpace space, ConfigSpaceSnapshot layout, IReadOnlyList<ConfigRegister> registers)
    {
        _space = space;
        _layout = layout;
        _registers = registers;
        _dwords = TryRead() ?? throw new UserException($"{space.Subject} does not answer: Command and Status are all ones. It may be without power, or gone.");
    }

    /// <summary>The registers that change without this process: what is volatile where others write too, as far as it belongs to something known.</summary>
    internal static IReadOnlyList<ConfigRegister> Volatile(ConfigSpacePolicy policy, ConfigSpaceSnapshot layout) =>
        [.. ConfigRegister.AllOf(layout).Where(register => register.IsKnown && policy.Of(register) == RegisterPolicy.Volatile)];

    /// <summary>Reads the registers once more.</summary>
    /// <returns>What is not as it was the last time, in order of registers.</returns>
    internal IReadOnlyList<ConfigWatchEvent> Poll(DateTimeOffset now)
    {
        if (TryRead() is not { } read)
        {
            var news = _answers ? [OfFunction("gone")] : Array.Empty<ConfigWatchEvent>();
            _answers = false;
            return news;
        }

        var events = new List<ConfigWatchEvent>();
        if (!_answers)
            events.Add(OfFunction("back"));
        _answers = true;
        foreach (var register in _registers)
        {
            var (before, after) = (Value(_dwords, register), Value(read, register));
            if (before != after)
                events.Add(Changed(register, before, after));
        }

        foreach (var (offset, value) in read)
            _dwords[offset] = value;
        return events;

        ConfigWatchEvent OfFunction(string what) => new(now, _space.Subject, what, null, null, null, null, []);

        ConfigWatchEvent Changed(ConfigRegister register, uint before, uint after) => new(
            now,
            _space.Subject,
            "changed",
            register.Name,
            $"0x{register.Offset:x3}",
            register.Format(before),
            register.Format(after),
            RegisterFieldChange.Between(RegisterDecoder.Decode(_layout, register, before), RegisterDecoder.Decode(_layout, register, after)));
    }

    private static uint Value(Dictionary<int, uint> dwords, ConfigRegister register)
    {
        var value = dwords[register.Offset / DwordSize] >> (8 * (register.Offset % DwordSize));
        return register.Width == DwordSize ? value : value & ((1u << (8 * register.Width)) - 1);
    }

    // Null if the function does not answer: then every register is all ones, and that is no value of any.
    private Dictionary<int, uint>? TryRead()
    {
        var read = new Dictionary<int, uint>();
        foreach (var register in _registers)
        {
            var dword = register.Offset / DwordSize;
            if (!read.ContainsKey(dword))
                read.Add(dword, _space.ReadUInt32(dword * DwordSize));
        }

        return read.ContainsValue(uint.MaxValue) && _space.ReadUInt32(PciRegs.PCI_COMMAND) == uint.MaxValue ? null : read;
    }
}
