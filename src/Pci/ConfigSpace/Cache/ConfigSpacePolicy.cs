using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>
/// How long what was read of each byte of a function's configuration space stays right: the policy tables of the header and of all capabilities,
/// laid over this function. Immutable. One is shared by all VFs that have the same layout.
/// </summary>
public sealed class ConfigSpacePolicy
{
    internal const ushort NoSlot = ushort.MaxValue;

    private const int DwordSize = sizeof(uint);
    private const uint AllOnes = 0xFFFF_FFFF;

    // Beside the policy in a byte of the map: writing it has no effects but those in the table.
    private const byte Closed = 0x80;

    private readonly bool _isVirtualFunction;
    private readonly byte[] _map;
    private readonly List<RegisterRule> _effects = [];
    private readonly List<RegisterRule> _foreseeable = [];
    private readonly List<Range> _interrupts = [PciRegs.PCI_COMMAND..(PciRegs.PCI_COMMAND + 2)];
    private string[]? _names;

    private ConfigSpacePolicy(int length, ConfigSpaceView view, ConfigSpaceOwnership ownership, bool isVirtualFunction, PciCapabilityList capabilities)
    {
        Length = length;
        View = view;
        Ownership = ownership;
        _isVirtualFunction = isVirtualFunction;
        Capabilities = capabilities;
        _map = new byte[length];
        Slots = new ushort[length / DwordSize];
    }

    /// <summary>The bytes of the space.</summary>
    public int Length { get; }

    /// <summary>The view that it is for.</summary>
    public ConfigSpaceView View { get; }

    /// <summary>Who else writes the registers. Where others do, what can be written or changes at a reset is volatile.</summary>
    public ConfigSpaceOwnership Ownership { get; }

    /// <summary>The capabilities. Only what is constant was read: in the views all other registers are 0.</summary>
    public PciCapabilityList Capabilities { get; }

    /// <summary>Where each dword is kept: a slot's number by the dword's.</summary>
    internal ushort[] Slots { get; }

    /// <summary>The dword of each slot.</summary>
    internal ushort[] Dwords { get; private set; } = [];

    /// <summary>The bytes of each slot that can be kept, a bit each.</summary>
    internal byte[] Kept { get; private set; } = [];

    /// <summary>Those of them that are constant.</summary>
    internal byte[] Constants { get; private set; } = [];

    /// <summary>Those of them that a reset alone changes, or nothing.</summary>
    internal byte[] Lasting { get; private set; } = [];

    /// <summary>Those of them that show bit by bit what is written, or never change (<see cref="WriteOutcome.ByBit"/>).</summary>
    internal byte[] ByBit { get; private set; } = [];

    /// <summary>Those of them that VFIO shows out of its own memory (<see cref="WriteOutcome.ByBitOfVfio"/>).</summary>
    internal byte[] OfVfio { get; private set; } = [];

    /// <summary>How many slots, the first, keep something that is not constant: a VF has its own of these.</summary>
    internal int OwnSlots { get; private set; }

    /// <summary>The dwords that were read to find the layout, with their values.</summary>
    internal IReadOnlyList<KeyValuePair<ushort, uint>> Structure { get; private set; } = [];

    /// <summary>The policy of a byte.</summary>
    /// <param name="offset">Its offset.</param>
    public RegisterPolicy this[int offset] => (RegisterPolicy)(_map[offset] & ~Closed);

    /// <summary>Finds the layout of a function. Reads the headers of its capabilities and what is constant in them, 20 to 30 dwords for most.</summary>
    /// <param name="space">Its configuration space.</param>
    /// <param name="ownership">Who else writes its registers.</param>
    /// <param name="isVirtualFunction">Whether it is a VF, whose raw header has registers that can be written in others and are 0 in it.</param>
    /// <returns>The policy; all volatile if the function does not answer.</returns>
    /// <exception cref="ArgumentException">The space is a logical view, or its length is no multiple of 4.</exception>
    public static ConfigSpacePolicy Read(IPciConfigSpace space, ConfigSpaceOwnership ownership, bool isVirtualFunction = false)
    {
        _ = TryRead(space, ownership, isVirtualFunction, out var policy);
        return policy;
    }

    /// <summary>The names of the registers in a dword: <c>Command, Status</c>.</summary>
    /// <param name="offset">The dword's offset.</param>
    /// <returns>The names; the offset in hex for what belongs to no register that is known.</returns>
    public string NameOf(int offset)
    {
        // The policy never changes, and metrics ask for every dword of every device each time.
        _names ??= NamesByDword();
        return _names[offset / DwordSize];
    }

    /// <summary>The least policy of a register's bytes: how long its value as a whole stays right.</summary>
    /// <param name="register">The register.</param>
    /// <returns>The policy.</returns>
    public RegisterPolicy Of(ConfigRegister register)
    {
        var least = RegisterPolicy.Constant;
        for (var offset = register.Offset; offset < register.Offset + register.Width; offset++)
            least = this[offset] < least ? this[offset] : least;
        return least;
    }

    /// <summary>What a write changes beyond the bytes that are written, by the tables.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="written">What is written.</param>
    /// <returns>The effects, each once; <see cref="WriteEffect.Unknown"/> where only the vendor knows.</returns>
    public IReadOnlyList<WriteEffect> EffectsOfWrite(int offset, ReadOnlySpan<byte> written) =>
        EffectsOf(offset, written) is { } rules ? [.. rules.Select(static rule => rule.Effect).Distinct()] : [WriteEffect.Unknown];

    /// <summary>The dwords that the layout was found by, the others 0: registers can be named and found in it without asking the device.</summary>
    /// <param name="subject">Whose it is, for messages.</param>
    /// <returns>The snapshot.</returns>
    public ConfigSpaceSnapshot ToSnapshot(string subject)
    {
        var bytes = new byte[Length];
        foreach (var (dword, value) in Structure)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(dword * DwordSize), value);
        return ConfigSpaceSnapshot.FromBytes(bytes, subject, View);
    }

    /// <summary>The same; false if the function did not answer, now or in between.</summary>
    internal static bool TryRead(IPciConfigSpace space, ConfigSpaceOwnership ownership, bool isVirtualFunction, out ConfigSpacePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space.View == ConfigSpaceView.Logical)
            throw new ArgumentException($"{space.Subject}: a logical view is made up above a cache, not below", nameof(space));
        if (space.Length % DwordSize != 0)
            throw new ArgumentException($"{space.Subject}: {space.Length} bytes of configuration space are no whole dwords", nameof(space));
        var recorder = new DwordRecorder(space);
        var capabilities = PciCapabilities.ReadConstants(recorder);
        policy = new ConfigSpacePolicy(space.Length, space.View, ownership, isVirtualFunction, capabilities);
        var answers = Answers(recorder, capabilities);
        if (answers)
        {
            if (recorder.Length >= PciRegs.PCI_STD_HEADER_SIZEOF)
            {
                // What it is, which every reader asks for.
                _ = recorder.ReadUInt32(PciRegs.PCI_CLASS_REVISION);
                policy.ApplyHeader(recorder.ReadUInt32(PciRegs.PCI_CACHE_LINE_SIZE));
            }

            foreach (var capability in capabilities)
                policy.Apply(capability);
        }

        policy.AssignSlots();
        policy.Structure = [.. recorder.Recorded];
        return answers;
    }

    /// <summary>Whether the value of a dword may stand for a device that does not answer, and so must not be kept.</summary>
    internal static bool IsSuspect(ConfigSpaceView view, int dword, uint value)
    {
        // What the root complex returns for the first dword while a function asks for a retry after a reset.
        const ushort RetryStatus = 0x0001;
        if (value == AllOnes || (dword == 0 && (ushort)value == RetryStatus))
            return true;

        // In the first 256 bytes VFIO mixes its own bits with the device's, but never within all bytes of a dword: of a device that is gone at
        // least one byte is all ones.
        return view == ConfigSpaceView.Vfio && dword < PciRegs.PCI_CFG_SPACE_SIZE / DwordSize && HasByteOfOnes(value);
    }

    /// <summary>What a write changes beyond the bytes written, in the table's words; null where only the table's owner could say.</summary>
    internal IReadOnlyList<RegisterRule>? EffectsOf(int offset, ReadOnlySpan<byte> written)
    {
        var end = Math.Min(offset + written.Length, Length);
        for (var at = Math.Max(offset, 0); at < end; at++)
        {
            if ((_map[at] & Closed) == 0)
                return null;
        }

        List<RegisterRule>? triggered = null;
        foreach (var rule in _effects)
        {
            if (rule.IsTriggeredBy(offset, written))
                (triggered ??= []).Add(rule);
        }

        return triggered ?? [];
    }

    /// <summary>Whether setting interrupts, or a write of an interrupt's control, may change a slot.</summary>
    internal bool IsOfInterrupts(int slot)
    {
        var start = Dwords[slot] * DwordSize;
        foreach (var range in _interrupts)
        {
            if (start < range.End.Value && start + DwordSize > range.Start.Value)
                return true;
        }

        return false;
    }

    /// <summary>Whether a dword that was read may be kept: it does not stand for a device that does not answer.</summary>
    internal bool CanKeep(int slot, uint value)
    {
        // No device is asked for what is VFIO's own.
        if (OfVfio[slot] == CachedWord.AllBytes)
            return value != AllOnes;
        return !IsSuspect(View, Dwords[slot], value);
    }

    private static bool HasByteOfOnes(uint value) => ((~value - 0x0101_0101u) & value & 0x8080_8080u) != 0;

    private static bool Answers(DwordRecorder recorder, PciCapabilityList capabilities)
    {
        if (recorder.Length < PciRegs.PCI_STD_HEADER_SIZEOF)
            return true;
        if (!recorder.Recorded.ContainsValue(AllOnes) && !capabilities.Anomalies.Any(static anomaly => anomaly.Kind == CapabilityAnomalyKind.AllOnes))
            return true;

        // Broken for good, or gone while it was read: Command and Status of a function that answers are never all ones.
        return recorder.Below.ReadUInt32(PciRegs.PCI_COMMAND) != AllOnes;
    }

    private void ApplyHeader(uint cacheLineToBist)
    {
        foreach (var rule in HeaderRules.Of((PciHeaderType)(cacheLineToBist >> 16 & 0x7F)))
            Apply(rule);
        if (!Bits.Bit(cacheLineToBist, 31))
            Apply(HeaderRules.NoBist);
        for (var offset = 0; offset < PciRegs.PCI_STD_HEADER_SIZEOF; offset++)
            _map[offset] |= Closed;
    }

    private void Apply(PciCapability capability)
    {
        // Of lists that are broken a capability can lie over another: the more careful policy counts.
        var before = _map.AsSpan(capability.Offset, capability.Raw.Length).ToArray();
        var isClaimed = before.AsSpan().ContainsAnyExcept((byte)0);
        Apply(new RegisterRule(capability.Offset, capability.HeaderLength, RegisterPolicy.Constant));
        foreach (var rule in CapabilityRules.Of(capability))
        {
            if (rule.Offset + rule.Width <= capability.Raw.Length)
                Apply(rule.At(capability.Offset));
        }

        // What a write makes of what two claim nobody can say.
        if (isClaimed)
            _foreseeable.RemoveAll(rule => rule.Offset < capability.Offset + capability.Raw.Length && rule.Offset + rule.Width > capability.Offset);

        var isClosed = CapabilityRules.IsClosed(capability);
        for (var i = 0; i < before.Length; i++)
        {
            ref var entry = ref _map[capability.Offset + i];
            if (before[i] != 0)
                entry = (byte)(Math.Min(entry & ~Closed, before[i] & ~Closed) | (isClosed ? before[i] & Closed : 0));
            else if (isClosed || i < capability.HeaderLength)
                entry |= Closed;
        }

        if (capability is MsiCapability or MsixCapability)
            _interrupts.Add(capability.Offset..(capability.Offset + capability.Raw.Length));
    }

    private void Apply(RegisterRule rule)
    {
        // A VF's header VFIO virtualises, and passes on what the specification says cannot be written; not all that is emulated heeds that.
        var hasOwnPolicy = _isVirtualFunction && (View == ConfigSpaceView.Raw || rule.Offset >= PciRegs.PCI_STD_HEADER_SIZEOF);
        var policy = hasOwnPolicy ? rule.InVf ?? rule.Policy : rule.Policy;
        if (Ownership == ConfigSpaceOwnership.Shared && policy != RegisterPolicy.Constant)
            policy = RegisterPolicy.Volatile;
        _map.AsSpan(rule.Offset, rule.Width).Fill((byte)policy);
        if (rule.Effect != WriteEffect.None && !(rule.HasRawEffect && View == ConfigSpaceView.Vfio))
            _effects.Add(rule);
        if (rule.Outcome != WriteOutcome.Unknown && policy == RegisterPolicy.UntilWritten && View == ConfigSpaceView.Vfio)
            _foreseeable.Add(_isVirtualFunction ? rule with { Outcome = rule.OutcomeInVf ?? rule.Outcome } : rule);
    }

    private void AssignSlots()
    {
        Slots.AsSpan().Fill(NoSlot);
        var own = new List<ushort>();
        var shared = new List<ushort>();
        for (var dword = 0; dword < Slots.Length; dword++)
        {
            var kept = Bytes(dword, RegisterPolicy.UntilWritten);
            if (kept != 0)
                (kept == Bytes(dword, RegisterPolicy.Constant) ? shared : own).Add((ushort)dword);
        }

        OwnSlots = own.Count;
        Dwords = [.. own, .. shared];
        Kept = [.. Dwords.Select(dword => Bytes(dword, RegisterPolicy.UntilWritten))];
        Lasting = [.. Dwords.Select(dword => Bytes(dword, RegisterPolicy.UntilReset))];
        Constants = [.. Dwords.Select(dword => Bytes(dword, RegisterPolicy.Constant))];
        ByBit = [.. Dwords.Select(dword => BytesOf(dword, WriteOutcome.ByBit))];
        OfVfio = [.. Dwords.Select(dword => BytesOf(dword, WriteOutcome.ByBitOfVfio))];
        for (var slot = 0; slot < Dwords.Length; slot++)
            Slots[Dwords[slot]] = (ushort)slot;
    }

    private string[] NamesByDword()
    {
        var names = new List<string>[Length / DwordSize];
        foreach (var register in RegisterMap.Of(ToSnapshot("layout")))
        {
            for (var dword = register.Offset / DwordSize; dword <= (register.Offset + register.Width - 1) / DwordSize; dword++)
                (names[dword] ??= []).Add(register.Name);
        }

        return [.. names.Select(static inDword => string.Join(", ", inDword))];
    }

    // Which bytes of a dword have at least this policy.
    private byte Bytes(int dword, RegisterPolicy least)
    {
        var mask = 0;
        for (var i = 0; i < DwordSize; i++)
        {
            if (this[(dword * DwordSize) + i] >= least)
                mask |= 1 << i;
        }

        return (byte)mask;
    }

    // Which bytes of a dword are of registers with at least this outcome of a write.
    private byte BytesOf(int dword, WriteOutcome least)
    {
        var mask = 0;
        foreach (var rule in _foreseeable.Where(rule => rule.Outcome >= least))
        {
            for (var i = 0; i < DwordSize; i++)
            {
                if ((dword * DwordSize) + i is var offset && rule.Offset <= offset && offset < rule.Offset + rule.Width)
                    mask |= 1 << i;
            }
        }

        return (byte)mask;
    }

    /// <summary>Reads through, no dword twice, and remembers each.</summary>
    private sealed class DwordRecorder(IPciConfigSpace space) : IPciConfigSpace
    {
        public int Length { get; } = space.Length;

        public ConfigSpaceView View => space.View;

        public string Subject => space.Subject;

        public IPciConfigSpace Below => space;

        public Dictionary<ushort, uint> Recorded { get; } = [];

        // The walk and the header are read by whole dwords.
        public void Read(int offset, Span<byte> destination)
        {
            var dword = (ushort)(offset / DwordSize);
            if (!Recorded.TryGetValue(dword, out var value))
                Recorded.Add(dword, value = space.ReadUInt32(offset));
            BinaryPrimitives.WriteUInt32LittleEndian(destination, value);
        }

        public void Write(int offset, ReadOnlySpan<byte> source) => throw new NotSupportedException($"{Subject}: finding the layout writes nothing");
    }
}
