namespace Devices.Pci;

/// <summary>
/// The words of a function's cache under one layout. A state without a layout holds nothing; it takes a layout by being replaced, and an
/// invalidation meanwhile defeats that by putting another empty state in its place.
/// </summary>
internal sealed class CacheState
{
    private readonly ConfigSpacePolicy? _policy;
    private readonly LearnedBits? _learned;
    private ulong[] _words;

    /// <summary>A state without a layout.</summary>
    public CacheState()
    {
        Slots = [];
        _words = [];
        Shared = [];
    }

    /// <summary>A state that keeps everything itself.</summary>
    public CacheState(ConfigSpacePolicy policy)
    {
        _policy = policy;
        Slots = policy.Slots;
        _words = new ulong[policy.Dwords.Length];
        _learned = new LearnedBits(policy.OwnSlots);
        Shared = [];
        foreach (var (dword, value) in policy.Structure)
            Fill(dword, Before(dword), value);
    }

    /// <summary>A state that keeps everything itself, and has of what was saved elsewhere what is constant.</summary>
    public CacheState(ConfigSpacePolicy policy, IEnumerable<SavedDword> saved)
    {
        _policy = policy;
        Slots = policy.Slots;
        _words = new ulong[policy.Dwords.Length];
        _learned = new LearnedBits(policy.OwnSlots);
        Shared = [];
        Put(policy, _words, saved);
    }

    /// <summary>
    /// A state that shares its constants, and what is learned of registers, with others and keeps the rest itself, for which there is memory from the first such value on.
    /// </summary>
    public CacheState(ConfigSpacePolicy policy, ulong[] shared, LearnedBits learned)
    {
        _policy = policy;
        _learned = learned;
        Slots = policy.Slots;
        _words = [];
        Shared = shared;
    }

    public bool IsEmpty => _policy is null;

    public ConfigSpacePolicy Policy => _policy ?? throw new InvalidOperationException("The layout is not known.");

    /// <summary>The slot of each dword.</summary>
    public ushort[] Slots { get; }

    /// <summary>This function's own words.</summary>
    public ulong[] Words => _words;

    /// <summary>Words shared with other functions: constants, by the same slots.</summary>
    public ulong[] Shared { get; }

    /// <summary>Finds bytes of a dword in one load, or two where one is shared.</summary>
    public bool TryGet(int dword, uint bytes, out uint value)
    {
        var slots = Slots;
        if ((uint)dword < (uint)slots.Length)
        {
            int slot = slots[dword];
            var words = _words;
            if ((uint)slot < (uint)words.Length)
            {
                var word = Volatile.Read(ref words[slot]);
                if (CachedWord.Holds(word, bytes))
                {
                    value = CachedWord.Value(word);
                    return true;
                }
            }

            words = Shared;
            if ((uint)slot < (uint)words.Length)
            {
                var word = Volatile.Read(ref words[slot]);
                if (CachedWord.Holds(word, bytes))
                {
                    value = CachedWord.Value(word);
                    return true;
                }
            }
        }

        value = 0;
        return false;
    }

    /// <summary>A dword's own word before the device is read: what <see cref="Fill"/> takes the place of.</summary>
    public ulong Before(int dword)
    {
        var slot = SlotOf(dword);
        if (slot == ConfigSpacePolicy.NoSlot || (Shared.Length > 0 && slot >= Policy.OwnSlots))
            return 0;
        var words = _words;
        if (words.Length == 0)
        {
            // Before the device is read: an invalidation that finds no words is older than what will be read.
            var made = new ulong[Policy.OwnSlots];
            words = Interlocked.CompareExchange(ref _words, made, words) is { Length: > 0 } others ? others : made;
        }

        return Volatile.Read(ref words[slot]);
    }

    /// <summary>Keeps what was read, unless its word is no longer as it was before.</summary>
    public void Fill(int dword, ulong before, uint value)
    {
        var slot = SlotOf(dword);
        if (slot == ConfigSpacePolicy.NoSlot || !Policy.CanKeep(slot, value))
            return;
        var words = _words;
        if (slot < words.Length)
            Interlocked.CompareExchange(ref words[slot], CachedWord.Fill(before, value, Policy.Kept[slot]), before);
        if (slot < Shared.Length && Policy.Constants[slot] != 0)
            Interlocked.CompareExchange(ref Shared[slot], CachedWord.Fill(0, value, Policy.Constants[slot]), 0);
    }

    /// <summary>Whether the policy lets all these bytes of a dword be kept.</summary>
    public bool CanKeep(int dword, uint bytes) => SlotOf(dword) is var slot && slot != ConfigSpacePolicy.NoSlot && (Policy.Kept[slot] & bytes) == bytes;

    /// <summary>Which bytes of a dword are cached, with their values; the others are 0. For what need not be fast.</summary>
    public uint Cached(int dword, out uint value)
    {
        value = 0;
        uint valid = 0;
        for (var i = 0; i < sizeof(uint); i++)
        {
            var bit = 1u << i;
            if (!TryGet(dword, bit, out var found))
                continue;
            valid |= bit;
            value |= found & (0xFFu << (8 * i));
        }

        return valid;
    }

    /// <summary>Puts constants that were saved into words that nobody else has yet.</summary>
    public static void Put(ConfigSpacePolicy policy, ulong[] words, IEnumerable<SavedDword> saved)
    {
        foreach (var (dword, constants, value) in saved)
        {
            var slot = policy.Slots[dword];
            if (slot != ConfigSpacePolicy.NoSlot && (constants & policy.Constants[slot]) is > 0 and var valid && !ConfigSpacePolicy.IsSuspect(policy.View, dword, value))
                words[slot] = CachedWord.Fill(0, value, (uint)valid);
        }
    }

    /// <summary>
    /// Before a write: whether it is one of a register whose bits either take what is written or never change, and whose value before is known. Then what it makes of
    /// the register is known, or is learned by reading it once.
    /// </summary>
    public bool TryBegin(int offset, ReadOnlySpan<byte> written, out RegisterWrite write)
    {
        write = default;
        var dword = offset / sizeof(uint);
        var shift = offset % sizeof(uint);
        var slot = SlotOf(dword);
        var words = _words;
        if (slot >= words.Length || shift + written.Length > sizeof(uint))
            return false;
        var all = ((1u << written.Length) - 1) << shift;
        var bytes = all & Policy.ByBit[slot];
        var before = Volatile.Read(ref words[slot]);
        if (bytes == 0 || !CachedWord.Holds(before, bytes) || !IsOfMemory(dword, CachedWord.Value(before)))
            return false;
        uint value = 0;
        for (var i = 0; i < written.Length; i++)
            value |= (uint)written[i] << (8 * (shift + i));
        write = new RegisterWrite(dword, before, value, bytes, all);
        return true;
    }

    /// <summary>After such a write: keeps what it has made of the dword; false if that is not known, and the dword is to be read.</summary>
    public bool TryConclude(RegisterWrite write)
    {
        var slot = SlotOf(write.Dword);
        if (_learned is not { } learned || !learned.TryForesee(slot, write.Old, write.Written, write.Bits, out var value))
            return false;
        CachedWord.Rewrite(ref _words[slot], write.Before, value, (CachedWord.Valid(write.Before) & ~write.AllBytes) | write.Bytes);
        return true;
    }

    /// <summary>After such a write: keeps what was read, and learns from it.</summary>
    public void Conclude(RegisterWrite write, uint found)
    {
        var slot = SlotOf(write.Dword);
        var isKept = Policy.CanKeep(slot, found) || Policy.OfVfio[slot] == CachedWord.AllBytes;
        if (CachedWord.Rewrite(ref _words[slot], write.Before, found, isKept ? Policy.Kept[slot] : 0u) && isKept)
            _learned?.Learn(slot, write.Old, write.Written, write.Bits, found, refusals: (write.Bytes & ~Policy.OfVfio[slot]) == 0);
    }

    /// <summary>Forgets what writes have shown of registers.</summary>
    public void Unlearn() => _learned?.Clear();

    /// <summary>Makes this function's words of a slot invalid, all bytes but some.</summary>
    public void Invalidate(int slot, uint keep)
    {
        var words = _words;
        if (slot < words.Length)
            CachedWord.Invalidate(ref words[slot], keep);
    }

    // Whether a dword is no I/O BAR, and behind none: VFIO takes bit 2 of one of 4 bytes for that of a BAR of 64 bits, and then shows the next as it was written (vfio_bar_fixup).
    private bool IsOfMemory(int dword, uint value)
    {
        const int First = PciRegs.PCI_BASE_ADDRESS_0 / sizeof(uint);
        const uint Io = 0x1;
        const uint TypeMask = 0x6;
        const uint Is64 = 0x4;
        if (dword is < First or > PciRegs.PCI_BASE_ADDRESS_5 / sizeof(uint))
            return true;
        var at = First;
        while (at < dword)
        {
            if (!TryGet(at, CachedWord.AllBytes, out var before) || (before & Io) != 0)
                return false;
            at += (before & TypeMask) == Is64 ? 2 : 1;
        }

        // Behind it: the upper half of an address.
        return at > dword || (value & Io) == 0;
    }

    private ushort SlotOf(int dword) => dword < Slots.Length ? Slots[dword] : ConfigSpacePolicy.NoSlot;
}
