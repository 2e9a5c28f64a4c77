using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>
/// A configuration space that reads each register from the device once, for as long as the policy tables say that its value stays right
/// (<see cref="ConfigSpacePolicy"/>). It belongs to one view: what it is over decides which.
/// </summary>
/// <remarks>
/// <para>Reads are concurrent, take no lock once the layout is known, and allocate nothing; a dword that is cached costs no system call. Writes go to the device
/// at their own width, one at a time, and what they change is read again when it is asked for. A read that begins after a write or
/// <see cref="Invalidate(ConfigSpaceEvent)"/> has returned never gives a value from before.</para>
/// <para>Values that may stand for a device that does not answer are never kept: a dword of ones, the first dword of a function that asks for a retry, and in VFIO's
/// view a dword with a byte of ones in the first 256 bytes.</para>
/// </remarks>
public sealed class CachedConfigSpace : IPciConfigSpace
{
    // A reset that is started by a write of a raw register takes this long (PCIe 6.6.2); what is read meanwhile is not kept.
    private const int ResetMilliseconds = 100;
    private const int RunDwords = 64;
    private const int DwordSize = sizeof(uint);

    private readonly IPciConfigSpace _space;
    private readonly ConfigSpaceOwnership _ownership;
    private readonly VfConfigCaches? _family;

    // What is learned from one write must not be another's.
    private readonly Lock _writing = new();
    private CacheState _state = new();
    private ConfigCacheStatistics? _statistics;
    private long _quietUntil = long.MinValue;
    private long _dwordsRead;
    private bool _differsFromFamily;

    // A reset may undo them: what is constant otherwise is not then.
    private bool _hasUnknownWrites;

    /// <summary>Caches a configuration space. Nothing is read yet.</summary>
    /// <param name="space">The space; it stays the caller's.</param>
    /// <param name="ownership">Who else writes the registers. Where others do, only what is constant is kept.</param>
    /// <exception cref="ArgumentException">The space is a logical view or a cache itself.</exception>
    public CachedConfigSpace(IPciConfigSpace space, ConfigSpaceOwnership ownership = ConfigSpaceOwnership.Shared)
        : this(space, ownership, family: null)
    {
    }

    internal CachedConfigSpace(IPciConfigSpace space, ConfigSpaceOwnership ownership, VfConfigCaches? family)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space.View == ConfigSpaceView.Logical || space is CachedConfigSpace)
            throw new ArgumentException($"{space.Subject}: a cache is over the raw or VFIO's view of a function", nameof(space));
        _space = space;
        _ownership = ownership;
        _family = family;
    }

    /// <summary>
    /// Raised when a write through the cache or an event told to it changes more than this function, before that call returns. Handlers must not write here.
    /// </summary>
    public event EventHandler<ConfigSpaceEffectEventArgs>? Affected;

    /// <inheritdoc/>
    public int Length => Built() is { IsEmpty: false } state ? state.Policy.Length : _space.Length;

    /// <inheritdoc/>
    public ConfigSpaceView View => _space.View;

    /// <inheritdoc/>
    public string Subject => _space.Subject;

    /// <summary>The policy of each byte; null while the function does not answer, or a raw write may still be resetting it. Finds the layout where it is not known yet.</summary>
    public ConfigSpacePolicy? Policy => Built() is { IsEmpty: false } state ? state.Policy : null;

    /// <summary>How many dwords were read from the device, or from what VFIO makes of it, for whatever reason.</summary>
    public long DwordsRead => Interlocked.Read(ref _dwordsRead);

    /// <summary>Whether constants are shared with other VFs of its PF: not so for one that was found to differ.</summary>
    public bool SharesConstants => _state.Shared.Length > 0;

    /// <summary>What is counted by register, or null while it is not.</summary>
    public ConfigCacheStatistics? Statistics => Volatile.Read(ref _statistics);

    /// <summary>Counts hits and misses of each register from now on. Costs a read some nanoseconds.</summary>
    /// <returns>The counters.</returns>
    public ConfigCacheStatistics CountReads()
    {
        var made = new ConfigCacheStatistics(this);
        if (Interlocked.CompareExchange(ref _statistics, made, null) is { } already)
            return already;
        ConfigCacheMetrics.Add(made);
        return made;
    }

    /// <summary>Reads 32 bits.</summary>
    /// <param name="offset">The register's offset in bytes, a multiple of 4.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The offset is not aligned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    public uint ReadUInt32(int offset)
    {
        ConfigSpaceBounds.CheckAlignment(offset, sizeof(uint));
        return ReadWithin(offset, sizeof(uint));
    }

    /// <summary>Reads 16 bits.</summary>
    /// <param name="offset">The register's offset in bytes, a multiple of 2.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The offset is not aligned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    public ushort ReadUInt16(int offset)
    {
        ConfigSpaceBounds.CheckAlignment(offset, sizeof(ushort));
        return (ushort)ReadWithin(offset, sizeof(ushort));
    }

    /// <summary>Reads 8 bits.</summary>
    /// <param name="offset">The register's offset in bytes.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    public byte ReadByte(int offset) => (byte)ReadWithin(offset, sizeof(byte));

    /// <inheritdoc/>
    public void Read(int offset, Span<byte> destination)
    {
        switch (destination.Length)
        {
            case sizeof(uint) when (offset & 3) == 0:
                BinaryPrimitives.WriteUInt32LittleEndian(destination, ReadWithin(offset, sizeof(uint)));
                break;
            case sizeof(ushort) when (offset & 3) != 3:
                BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)ReadWithin(offset, sizeof(ushort)));
                break;
            case sizeof(byte):
                destination[0] = (byte)ReadWithin(offset, sizeof(byte));
                break;
            default:
                ReadMany(offset, destination);
                break;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Where only the vendor knows what a register does, nothing cached survives a write of it. In VFIO's view, what a write makes of Command, Device Control, the
    /// BARs, the expansion ROM and the interrupt line is known once each of their bits was seen to change or to refuse; a write that tries a new one reads the register back.
    /// </remarks>
    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        // What the write does is in the table: while the function still answers.
        var state = Built();
        lock (_writing)
        {
            if (offset >= 0 && !source.IsEmpty && state.TryBegin(offset, source, out var write) && state.Policy.EffectsOf(offset, source) is { Count: 0 })
                WriteOrLearn(state, write, offset, source);
            else
                WriteAndForget(offset, source);
        }
    }

    /// <summary>Takes note of a write that went past the cache, as <see cref="Write"/> does of its own.</summary>
    /// <param name="offset">The first byte written.</param>
    /// <param name="written">What was written.</param>
    public void Written(int offset, ReadOnlySpan<byte> written)
    {
        if (offset < 0 || written.IsEmpty)
            return;
        var state = Built();
        if (state.IsEmpty || state.Policy.EffectsOf(offset, written) is not { } effects)
        {
            if (state.IsEmpty)
                BeQuiet();
            _hasUnknownWrites = true;
            _differsFromFamily = true;
            Drop();
            Raise(ConfigSpaceEffect.Unknown);
            return;
        }

        // Before the words are invalid: what a reader fills from now on must have been read when the reset is over.
        if (effects.Any(static rule => rule.Effect == WriteEffect.Reset))
            BeQuiet();
        var last = Math.Min((offset + written.Length - 1) / DwordSize, state.Slots.Length - 1);
        for (var dword = offset / DwordSize; dword <= last; dword++)
            state.Invalidate(state.Slots[dword], keep: 0);

        // What VFIO shows of a BAR can depend on the I/O BAR before it.
        if (View == ConfigSpaceView.Vfio && offset < PciRegs.PCI_BASE_ADDRESS_5 && offset + written.Length > PciRegs.PCI_BASE_ADDRESS_0)
            InvalidateBars(state);
        foreach (var rule in effects)
            Apply(state, rule.Effect);
    }

    /// <summary>Forgets what an event may have changed.</summary>
    /// <param name="what">What happened.</param>
    public void Invalidate(ConfigSpaceEvent what)
    {
        switch (what)
        {
            case ConfigSpaceEvent.InterruptsSet:
                InvalidateInterrupts(Known());
                break;
            case ConfigSpaceEvent.FunctionReset or ConfigSpaceEvent.HotReset or ConfigSpaceEvent.PowerStateChanged:
                KeepConstants(Known());
                Raise(ConfigSpaceEffect.FunctionReset);
                break;
            case ConfigSpaceEvent.Bound or ConfigSpaceEvent.Opened:
                // Without a driver a BAR may have been given another size.
                lock (_writing)
                {
                    var state = Known();
                    state.Unlearn();
                    KeepConstants(state);
                }

                break;
            case ConfigSpaceEvent.PowerLost or ConfigSpaceEvent.PhysicalFunctionChanged or ConfigSpaceEvent.Replaced:
                Drop();
                Raise(ConfigSpaceEffect.Unknown);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "No such event");
        }
    }

    /// <summary>
    /// Reads from the device whatever is cached and compares. If something differs, it was written behind the cache's back, or is another device's:
    /// nothing cached survives, and a VF no longer shares the constants of the others.
    /// </summary>
    /// <returns>The registers that differ: what was cached as saved, what the device has as found; in order of offset.</returns>
    public IReadOnlyList<ConfigSpaceDifference> Verify()
    {
        var state = Built();
        if (state.IsEmpty)
            return [];
        var saved = new byte[state.Policy.Length];
        var found = new byte[state.Policy.Length];

        // What the names of registers are found by.
        foreach (var (dword, value) in state.Policy.Structure)
            Put(dword, value, value);
        Span<byte> bytes = stackalloc byte[DwordSize];
        foreach (var dword in state.Policy.Dwords)
        {
            var valid = state.Cached(dword, out var cached);
            if (valid == 0)
                continue;
            _space.Read(dword * DwordSize, bytes);
            Interlocked.Increment(ref _dwordsRead);
            var actual = BinaryPrimitives.ReadUInt32LittleEndian(bytes);

            // What was invalidated meanwhile is no longer claimed.
            var claimed = CachedWord.Mask(valid & state.Cached(dword, out var now)) & ~(cached ^ now);
            Put(dword, (cached & claimed) | (actual & ~claimed), actual);
        }

        var differences = ConfigSpaceSnapshot.FromBytes(saved, Subject, View).Differences(ConfigSpaceSnapshot.FromBytes(found, Subject, View));
        if (differences.Count > 0)
        {
            _differsFromFamily = true;
            Drop();
            Raise(ConfigSpaceEffect.Unknown);
        }

        return differences;

        void Put(int dword, uint was, uint isNow)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(saved.AsSpan(dword * DwordSize), was);
            BinaryPrimitives.WriteUInt32LittleEndian(found.AsSpan(dword * DwordSize), isNow);
        }
    }

    /// <summary>Which bytes are cached now.</summary>
    /// <param name="offset">The byte's offset.</param>
    /// <returns>True if reading it costs the device nothing.</returns>
    public bool IsCached(int offset) => offset >= 0 && _state.TryGet(offset / DwordSize, 1u << (offset % DwordSize), out _);

    /// <summary>
    /// Takes over what the kernel read when it found the function, which costs the device nothing (sysfs <c>vendor</c>, <c>device</c>,
    /// <c>subsystem_vendor</c>, <c>subsystem_device</c>). Not <c>class</c>, which the kernel corrects for some devices, so that it is not always the register;
    /// revision shares the register's dword.
    /// Nothing is taken for a VF: its attributes are VF 0's.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <exception cref="ArgumentException">The function is another one, or the view is not the raw one.</exception>
    public void SeedFrom(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (View != ConfigSpaceView.Raw)
            throw new ArgumentException($"{Subject}: sysfs tells raw registers, and this is the view {View}", nameof(function));
        if (!string.Equals(function.Address.ToString(), Subject, StringComparison.Ordinal))
            throw new ArgumentException($"{Subject}: {function.Address} is another function", nameof(function));
        if (function.IsVirtualFunction || Built() is not { IsEmpty: false } state)
            return;
        Seed(state, PciRegs.PCI_VENDOR_ID, function.VendorId | ((uint)function.DeviceId << 16));

        // Of a bridge sysfs takes them from a capability.
        if (state.TryGet(PciRegs.PCI_CACHE_LINE_SIZE / DwordSize, 1u << (PciRegs.PCI_HEADER_TYPE % DwordSize), out var dword) && (dword >> 16 & 0x7F) == (uint)PciHeaderType.Endpoint)
            Seed(state, PciRegs.PCI_SUBSYSTEM_VENDOR_ID, function.SubsystemVendorId | ((uint)function.SubsystemId << 16));
    }

    internal IPciConfigSpace Space => _space;

    internal CacheState State => _state;

    internal ConfigSpaceOwnership Ownership => _ownership;

    /// <summary>Forgets everything, the layout too.</summary>
    internal void Drop() => Interlocked.Exchange(ref _state, new CacheState());

    /// <summary>Takes a layout with values that were kept elsewhere, if there is none yet.</summary>
    internal bool TryAdopt(CacheState state)
    {
        var now = _state;
        return now.IsEmpty && Interlocked.CompareExchange(ref _state, state, now) == now;
    }

    /// <summary>The serial number, if it is cached.</summary>
    internal ulong? CachedSerialNumber =>
        SerialNumberDword is { } dword && _state.TryGet(dword, CachedWord.AllBytes, out var low) && _state.TryGet(dword + 1, CachedWord.AllBytes, out var high)
            ? low | ((ulong)high << 32)
            : null;

    /// <summary>Takes the serial number that this very device was found to have.</summary>
    internal void SeedSerialNumber(ulong value)
    {
        if (SerialNumberDword is not { } dword)
            return;
        Seed(_state, dword * DwordSize, (uint)value);
        Seed(_state, (dword + 1) * DwordSize, (uint)(value >> 32));
    }

    internal void CountDwords(int dwords) => Interlocked.Add(ref _dwordsRead, dwords);

    // Of its first half.
    private int? SerialNumberDword =>
        _state is { IsEmpty: false } state && state.Policy.Capabilities.Find<DeviceSerialNumberCapability>() is { } serial ? (serial.Offset / DwordSize) + 1 : null;

    private static void Seed(CacheState state, int offset, uint value)
    {
        ref var word = ref state.Words[state.Slots[offset / DwordSize]];
        if (!ConfigSpacePolicy.IsSuspect(ConfigSpaceView.Raw, offset / DwordSize, value))
            Interlocked.CompareExchange(ref word, CachedWord.Fill(0, value, CachedWord.AllBytes), 0);
    }

    // Of 1, 2 or 4 bytes that lie within a dword; the value is in the low bits.
    private uint ReadWithin(int offset, int count)
    {
        var shift = offset & 3;
        var bytes = ((1u << count) - 1) << shift;
        var dword = offset >> 2;
        if (!_state.TryGet(dword, bytes, out var value))
            value = Miss(offset, count, bytes);
        else
            _statistics?.Hit(dword);
        return value >> (8 * shift);
    }

    private uint Miss(int offset, int count, uint bytes)
    {
        ConfigSpaceBounds.Check(this, offset, count);
        var dword = offset / DwordSize;
        var state = Built();
        _statistics?.Miss(dword, state.CanKeep(dword, bytes));
        if (state.TryGet(dword, bytes, out var value))
            return value;
        Span<byte> read = stackalloc byte[DwordSize];
        ReadRun(state, dword, read);
        return BinaryPrimitives.ReadUInt32LittleEndian(read);
    }

    private void ReadMany(int offset, Span<byte> destination)
    {
        ConfigSpaceBounds.Check(this, offset, destination.Length);
        var state = Built();
        Span<byte> run = stackalloc byte[RunDwords * DwordSize];
        Span<byte> single = stackalloc byte[DwordSize];
        var end = offset + destination.Length;
        for (var at = offset; at < end;)
        {
            var dword = at / DwordSize;
            if (state.TryGet(dword, Wanted(dword, offset, end), out var value))
            {
                _statistics?.Hit(dword);
                BinaryPrimitives.WriteUInt32LittleEndian(single, value);
                at = Copy(single, dword, destination);
                continue;
            }

            // What is missing in a row is read in one go.
            var count = 0;
            do
            {
                _statistics?.Miss(dword + count, state.CanKeep(dword + count, Wanted(dword + count, offset, end)));
                count++;
            }
            while (count < RunDwords && (dword + count) * DwordSize < end && !state.TryGet(dword + count, Wanted(dword + count, offset, end), out _));
            ReadRun(state, dword, run[..(count * DwordSize)]);
            at = Copy(run[..(count * DwordSize)], dword, destination);
        }

        // Copies the part of these dwords that was asked for; returns where it ends.
        int Copy(ReadOnlySpan<byte> from, int dword, Span<byte> to)
        {
            var start = dword * DwordSize;
            var first = Math.Max(start, offset);
            var last = Math.Min(start + from.Length, end);
            from[(first - start)..(last - start)].CopyTo(to[(first - offset)..]);
            return last;
        }
    }

    // Of a register of which it is known, or can be learned, what a write makes of it.
    private void WriteOrLearn(CacheState state, RegisterWrite write, int offset, ReadOnlySpan<byte> source)
    {
        var isConcluded = false;
        try
        {
            _space.Write(offset, source);
            if (!state.TryConclude(write))
            {
                Span<byte> bytes = stackalloc byte[DwordSize];
                _space.Read(write.Dword * DwordSize, bytes);
                Interlocked.Increment(ref _dwordsRead);
                state.Conclude(write, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            }

            // If the layout was forgotten meanwhile, what is known by another one may be older than the write.
            isConcluded = Volatile.Read(ref _state) == state;
        }
        finally
        {
            if (!isConcluded)
                Written(offset, source);
        }
    }

    private void WriteAndForget(int offset, ReadOnlySpan<byte> source)
    {
        try
        {
            _space.Write(offset, source);
        }
        finally
        {
            // Also where the write failed: how far it came is not known.
            Written(offset, source);
        }
    }

    // The bytes of a dword that are between two offsets, a bit each.
    private static uint Wanted(int dword, int offset, int end)
    {
        var start = dword * DwordSize;
        var bytes = CachedWord.AllBytes << Math.Max(offset - start, 0);
        return bytes & (CachedWord.AllBytes >> Math.Max(start + DwordSize - end, 0));
    }

    private void ReadRun(CacheState state, int dword, Span<byte> destination)
    {
        var count = destination.Length / DwordSize;
        var isKept = !state.IsEmpty && !IsQuiet;
        Span<ulong> before = stackalloc ulong[RunDwords];
        for (var i = 0; i < count && isKept; i++)
            before[i] = state.Before(dword + i);
        _space.Read(dword * DwordSize, destination);
        Interlocked.Add(ref _dwordsRead, count);
        if (!isKept)
            return;
        for (var i = 0; i < count; i++)
            state.Fill(dword + i, before[i], BinaryPrimitives.ReadUInt32LittleEndian(destination[(i * DwordSize)..]));
    }

    // Whether a reset that a write has started may not be over.
    private bool IsQuiet => Environment.TickCount64 < Volatile.Read(ref _quietUntil);

    // VFIO's write of a register that starts a reset returns when the reset is over.
    private void BeQuiet()
    {
        if (View == ConfigSpaceView.Raw)
            Volatile.Write(ref _quietUntil, Environment.TickCount64 + ResetMilliseconds);
    }

    // The state with a layout; an empty one if the function does not answer.
    private CacheState Built()
    {
        var state = Volatile.Read(ref _state);
        return state.IsEmpty ? Build() : state;
    }

    private CacheState Build()
    {
        while (true)
        {
            var empty = Volatile.Read(ref _state);
            if (!empty.IsEmpty || IsQuiet)
                return empty;

            // One reader finds the layout, the others wait for it: each would read the same dwords.
            lock (empty)
            {
                if (_state != empty)
                    continue;
                var built = _family is { } family && !_differsFromFamily ? family.Attach(this) : Walk();
                if (built is null)
                    return empty;
                if (Interlocked.CompareExchange(ref _state, built, empty) == empty)
                    return built;
            }

            // Invalidated meanwhile: what was found counts no more, but the function answers. Without a layout nobody knows what a write does.
        }
    }

    internal CacheState? Walk()
    {
        var answers = ConfigSpacePolicy.TryRead(_space, _ownership, isVirtualFunction: _family is not null, out var policy);
        CountDwords(policy.Structure.Count);
        return answers ? new CacheState(policy) : null;
    }

    // The state to be invalidated. One whose layout is being found is replaced, so that what was read of it meanwhile is not kept.
    private CacheState Known()
    {
        while (true)
        {
            var state = _state;
            if (!state.IsEmpty)
                return state;
            var fresh = new CacheState();
            if (Interlocked.CompareExchange(ref _state, fresh, state) == state)
                return fresh;
        }
    }

    private void Apply(CacheState state, WriteEffect effect)
    {
        switch (effect)
        {
            case WriteEffect.Bars:
                InvalidateBars(state);
                break;
            case WriteEffect.Interrupts:
                InvalidateInterrupts(state);
                break;
            case WriteEffect.Reset:
                KeepConstants(state);
                Raise(ConfigSpaceEffect.FunctionReset);
                break;
            case WriteEffect.VirtualFunctions:
                Raise(ConfigSpaceEffect.VirtualFunctionsChanged);
                break;
            case WriteEffect.BusReset:
                Raise(ConfigSpaceEffect.BusReset);
                break;
            case WriteEffect.Buses:
                Raise(ConfigSpaceEffect.BusesRenumbered);
                break;
            default:
                break;
        }
    }

    private void KeepConstants(CacheState state)
    {
        if (_hasUnknownWrites)
        {
            Drop();
            return;
        }

        for (var slot = 0; slot < state.Words.Length; slot++)
            state.Invalidate(slot, state.Policy.Constants[slot]);
    }

    // From the first BAR to a bridge's expansion ROM, which is behind an endpoint's.
    private static void InvalidateBars(CacheState state)
    {
        for (var dword = PciRegs.PCI_BASE_ADDRESS_0 / DwordSize; dword <= PciRegs.PCI_ROM_ADDRESS1 / DwordSize; dword++)
            Invalidate(state, dword);
    }

    private static void InvalidateInterrupts(CacheState state)
    {
        for (var slot = 0; slot < state.Words.Length; slot++)
        {
            if (state.Policy.IsOfInterrupts(slot))
                state.Invalidate(slot, state.Policy.Lasting[slot]);
        }
    }

    private static void Invalidate(CacheState state, int dword)
    {
        if (state.Slots[dword] is var slot && slot != ConfigSpacePolicy.NoSlot)
            state.Invalidate(slot, state.Policy.Lasting[slot]);
    }

    private void Raise(ConfigSpaceEffect effect) => Affected?.Invoke(this, new ConfigSpaceEffectEventArgs(effect));
}
