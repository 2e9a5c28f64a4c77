using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>
/// What the VFs of a PF have in common under one SR-IOV layout: where which register is, and the constants. A constant is written once, by the
/// first VF of which it is read, and never changes.
/// </summary>
internal sealed class VfTemplate
{
    private const uint HeaderMask = 0xFFFF;

    private readonly ulong[] _constants;
    private readonly LearnedBits _learned;
    private readonly int _checkOffset;
    private readonly uint _checkMask;
    private readonly uint _expected;

    /// <summary>Takes the layout that was found of one VF, and the constants that were read for that.</summary>
    public VfTemplate(ConfigSpacePolicy policy)
    {
        Policy = policy;
        _constants = new ulong[policy.Dwords.Length];
        _learned = new LearnedBits(policy.OwnSlots);
        (_checkOffset, _checkMask) = Check(policy.Capabilities);
        foreach (var (dword, value) in policy.Structure)
        {
            if (dword == _checkOffset / sizeof(uint))
                _expected = value & _checkMask;
        }
    }

    /// <summary>Takes a layout and constants that were saved.</summary>
    public VfTemplate(ConfigSpacePolicy policy, IEnumerable<SavedDword> saved)
        : this(policy) => CacheState.Put(policy, _constants, saved);

    public ConfigSpacePolicy Policy { get; }

    /// <summary>What is shared, as a state without anything of a VF's own.</summary>
    public CacheState Shared() => new(Policy, _constants, _learned);

    /// <summary>The state of the VF that the layout was found of.</summary>
    public CacheState First()
    {
        var state = new CacheState(Policy, _constants, _learned);
        foreach (var (dword, value) in Policy.Structure)
            state.Fill(dword, state.Before(dword), value);
        return state;
    }

    /// <summary>
    /// The state of another VF: one dword of it is read and compared. Null if the VF does not answer; an own layout is needed if it differs.
    /// </summary>
    public CacheState? TryApply(IPciConfigSpace space, out bool differs)
    {
        (space as IExpectsLength)?.ExpectLength(Policy.Length);
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        space.Read(_checkOffset, bytes);
        var value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        differs = (value & _checkMask) != _expected;
        if (ConfigSpacePolicy.IsSuspect(space.View, _checkOffset / sizeof(uint), value))
        {
            differs = false;
            return null;
        }

        if (differs)
            return null;
        var state = new CacheState(Policy, _constants, _learned);
        state.Fill(_checkOffset / sizeof(uint), state.Before(_checkOffset / sizeof(uint)), value);
        return state;
    }

    // The dword of each VF that is needed anyway says most: MSI-X Message Control is its own, and before it are id and next pointer. Where there is no
    // MSI-X the first capability's, and without any the class.
    private static (int Offset, uint Mask) Check(PciCapabilityList capabilities)
    {
        if (capabilities.Find<MsixCapability>() is { } msix)
            return (msix.Offset, HeaderMask);
        return capabilities.FirstOrDefault(static capability => !capability.IsExtended) is { } first
            ? (first.Offset, HeaderMask)
            : (PciRegs.PCI_CLASS_REVISION, uint.MaxValue);
    }
}
