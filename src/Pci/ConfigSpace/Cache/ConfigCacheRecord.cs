using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Devices.Pci;

/// <summary>
/// What is constant of a cache as bytes, to outlive a kexec. Read back, it is checked first against what the next kernel found: another device, revision,
/// firmware or SR-IOV layout, and nothing of it is taken. Values that a write or reset changes are not in it.
/// </summary>
/// <remarks>
/// Some 400 bytes a function. Bytes that were changed in storage are not noticed: the state record has a checksum. A layout is found anew from
/// what was saved by the tables of the release that reads it.
/// </remarks>
public static class ConfigCacheRecord
{
    private const uint Magic = 0x4343_4B44; // "DKCC"
    private const ushort Version = 1;
    private const int EntrySize = 7;
    private const int MostFirmwareBytes = 255;

    /// <summary>Saves the constants of a function.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="identity">What it is of.</param>
    /// <returns>False, and nothing written, if nothing is cached.</returns>
    /// <exception cref="ArgumentException">The firmware's version has more than 255 bytes.</exception>
    public static bool Write(IBufferWriter<byte> to, CachedConfigSpace cache, ConfigIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return !cache.State.IsEmpty && Write(to, ConfigCacheKind.Function, cache.State, identity);
    }

    /// <summary>Saves what the VFs of a PF share.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="caches">The VFs' caches.</param>
    /// <param name="identity">What they are of (<see cref="ConfigIdentity.OfVfs"/>).</param>
    /// <returns>False, and nothing written, if no VF was read yet.</returns>
    /// <exception cref="ArgumentException">The firmware's version has more than 255 bytes.</exception>
    public static bool Write(IBufferWriter<byte> to, VfConfigCaches caches, ConfigIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(caches);
        return caches.Template is { } template && Write(to, ConfigCacheKind.VirtualFunctions, template.Shared(), identity);
    }

    /// <summary>Takes saved constants over into a cache that has read nothing yet. Reads nothing from the device.</summary>
    /// <param name="record">What was saved.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="found">What the function is now.</param>
    /// <param name="refusal">Why nothing was taken, or null.</param>
    /// <returns>Whether it was.</returns>
    public static bool TryRestore(ReadOnlySpan<byte> record, CachedConfigSpace cache, ConfigIdentity found, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(found);
        if (!TryRead(record, ConfigCacheKind.Function, cache.View, cache.Ownership, found, out var saved, out refusal))
            return false;
        (cache.Space as IExpectsLength)?.ExpectLength(saved.Policy.Length);
        if (cache.Space.Length != saved.Policy.Length)
            refusal = $"it had {saved.Policy.Length} bytes that could be read and has {cache.Space.Length}";
        else if (!cache.TryAdopt(saved.ToState()))
            refusal = "the cache has read the device already";
        return refusal is null;
    }

    /// <summary>Takes over what the VFs of a PF share, where no VF was read yet. Of each VF one dword will be read and compared before it shares it.</summary>
    /// <param name="record">What was saved.</param>
    /// <param name="caches">The VFs' caches.</param>
    /// <param name="ownership">Who else writes the VFs' registers.</param>
    /// <param name="found">What the PF and its VFs are now.</param>
    /// <param name="refusal">Why nothing was taken, or null.</param>
    /// <returns>Whether it was.</returns>
    public static bool TryRestore(
        ReadOnlySpan<byte> record, VfConfigCaches caches, ConfigSpaceOwnership ownership, ConfigIdentity found, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(caches);
        ArgumentNullException.ThrowIfNull(found);
        if (!TryRead(record, ConfigCacheKind.VirtualFunctions, caches.View, ownership, found, out var saved, out refusal))
            return false;
        if (!caches.TryAdopt(new VfTemplate(saved.Policy, saved.Entries)))
            refusal = "a VF was read already";
        return refusal is null;
    }

    private static bool Write(IBufferWriter<byte> to, ConfigCacheKind kind, CacheState state, ConfigIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(identity);
        var policy = state.Policy;
        Span<byte> head = stackalloc byte[11];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], Version);
        head[6] = (byte)kind;
        head[7] = (byte)policy.View;
        head[8] = (byte)policy.Ownership;
        BinaryPrimitives.WriteUInt16LittleEndian(head[9..], (ushort)policy.Length);
        to.Write(head);
        Write(to, identity);
        var entries = Entries(state, identity);
        Write(to, (ushort)entries.Count);
        Span<byte> bytes = stackalloc byte[EntrySize];
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, entry.Dword);
            bytes[2] = entry.Constants;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[3..], entry.Value);
            to.Write(bytes);
        }

        return true;
    }

    // The dwords that the layout is found by, whatever is in them, and all that is constant and cached.
    private static List<SavedDword> Entries(CacheState state, ConfigIdentity identity)
    {
        var policy = state.Policy;
        var entries = new SortedDictionary<ushort, SavedDword>();
        var serial = identity.SerialNumber is null ? policy.Capabilities.Find<DeviceSerialNumberCapability>() : null;
        foreach (var (dword, value) in policy.Structure)
            entries[dword] = new SavedDword(dword, 0, IsBody(serial, dword) ? 0 : value);
        for (var slot = 0; slot < policy.Dwords.Length; slot++)
        {
            var dword = policy.Dwords[slot];
            var constants = (byte)(state.Cached(dword, out var value) & policy.Constants[slot]);
            if (constants == 0 || IsBody(serial, dword))
                continue;
            entries[dword] = new SavedDword(dword, constants, entries.TryGetValue(dword, out var known) ? known.Value : value);
        }

        return [.. entries.Values];
    }

    private static bool IsBody(PciCapability? capability, int dword) =>
        capability is not null && dword * sizeof(uint) > capability.Offset && dword * sizeof(uint) < capability.Offset + capability.Raw.Length;

    private static void Write(IBufferWriter<byte> to, ConfigIdentity identity)
    {
        Write(to, identity.Ids.VendorId);
        Write(to, identity.Ids.DeviceId);
        Write(to, identity.Ids.SubsystemVendorId);
        Write(to, identity.Ids.SubsystemId);
        Write(to, (ushort)(identity.ClassCode.Value >> 8));
        Write(to, (ushort)(((identity.ClassCode.Value & 0xFF) << 8) | identity.Revision));
        to.Write([identity.SerialNumber is null ? (byte)0 : (byte)1]);
        for (var part = 0; part < 4 && identity.SerialNumber is not null; part++)
            Write(to, (ushort)(identity.SerialNumber >> (16 * part)));
        to.Write([identity.Firmware is null ? (byte)0 : (byte)1]);
        if (identity.Firmware is { } firmware)
        {
            var bytes = Encoding.UTF8.GetBytes(firmware);
            if (bytes.Length > MostFirmwareBytes)
                throw new ArgumentException($"A firmware's version of {bytes.Length} bytes: {MostFirmwareBytes} at most", nameof(identity));
            to.Write([(byte)bytes.Length]);
            to.Write(bytes);
        }

        to.Write([identity.Sriov is null ? (byte)0 : (byte)1]);
        if (identity.Sriov is not { } sriov)
            return;
        Write(to, (ushort)sriov.TotalVfs);
        Write(to, (ushort)sriov.NumVfs);
        Write(to, (ushort)sriov.FirstVfOffset);
        Write(to, (ushort)sriov.VfStride);
        Write(to, sriov.VfDeviceId);
    }

    private static void Write(IBufferWriter<byte> to, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        to.Write(bytes);
    }

    private static bool TryRead(
        ReadOnlySpan<byte> record, ConfigCacheKind kind, ConfigSpaceView view, ConfigSpaceOwnership ownership, ConfigIdentity found, out Saved saved, out string? refusal)
    {
        saved = default;
        var reader = new Reader(record);
        if (!reader.TryUInt32(out var magic) || magic != Magic || !reader.TryUInt16(out var version))
            refusal = "it is no record of a cache";
        else if (version != Version)
            refusal = $"it is a record of version {version}, and this release reads {Version}";
        else if (!reader.TryByte(out var savedKind) || !reader.TryByte(out var savedView) || !reader.TryByte(out var savedOwnership)
            || !reader.TryUInt16(out var length) || !TryIdentity(ref reader, out var identity))
            refusal = "the record is cut short";
        else if (savedKind != (byte)kind)
            refusal = "it is of VFs and not of a function, or the other way round";
        else if (savedView != (byte)view)
            refusal = $"it is of the view {(ConfigSpaceView)savedView}, and this is {view}";
        else if (savedOwnership != (byte)ownership)
            refusal = $"its registers were {(ConfigSpaceOwnership)savedOwnership}, and these are {ownership}";
        else if (identity.Difference(found) is { } difference)
            refusal = difference;
        else if (!TryEntries(ref reader, length, out var entries))
            refusal = "the record is cut short, or its entries are out of order";
        else if (!TryLayout(view, ownership, kind, length, entries, out var policy))
            refusal = "what was saved does not suffice to find the layout";
        else
        {
            saved = new Saved(policy, entries);
            refusal = null;
        }

        return refusal is null;
    }

    private static bool TryIdentity(ref Reader reader, out ConfigIdentity identity)
    {
        identity = null!;
        if (!reader.TryUInt16(out var vendor) || !reader.TryUInt16(out var device) || !reader.TryUInt16(out var subsystemVendor) || !reader.TryUInt16(out var subsystem)
            || !reader.TryUInt16(out var classHigh) || !reader.TryUInt16(out var classLowAndRevision) || !reader.TryByte(out var hasSerial))
            return false;
        ulong serial = 0;
        for (var part = 0; part < 4 && hasSerial != 0; part++)
        {
            if (!reader.TryUInt16(out var bits))
                return false;
            serial |= (ulong)bits << (16 * part);
        }

        string? firmware = null;
        if (!reader.TryByte(out var hasFirmware))
            return false;
        if (hasFirmware != 0)
        {
            if (!reader.TryByte(out var count) || !reader.TryBytes(count, out var text))
                return false;
            firmware = Encoding.UTF8.GetString(text);
        }

        if (!reader.TryByte(out var hasSriov))
            return false;
        SriovIdentity? sriov = null;
        if (hasSriov != 0)
        {
            if (!reader.TryUInt16(out var total) || !reader.TryUInt16(out var number) || !reader.TryUInt16(out var offset) || !reader.TryUInt16(out var stride)
                || !reader.TryUInt16(out var vfDevice))
                return false;
            sriov = new SriovIdentity(total, number, offset, stride, vfDevice);
        }

        identity = new ConfigIdentity(
            new PciIds(vendor, device, subsystemVendor, subsystem),
            new PciClassCode(((uint)classHigh << 8) | ((uint)classLowAndRevision >> 8)),
            (byte)classLowAndRevision,
            hasSerial != 0 ? serial : null,
            firmware,
            sriov);
        return true;
    }

    private static bool TryEntries(ref Reader reader, int length, out SavedDword[] entries)
    {
        entries = [];
        if (length is 0 or > PciRegs.PCI_CFG_SPACE_EXP_SIZE || length % sizeof(uint) != 0 || !reader.TryUInt16(out var count) || count > length / sizeof(uint))
            return false;
        var read = new SavedDword[count];
        var last = -1;
        for (var i = 0; i < read.Length; i++)
        {
            if (!reader.TryUInt16(out var dword) || !reader.TryByte(out var constants) || !reader.TryUInt32(out var value)
                || dword <= last || dword >= length / sizeof(uint) || constants > CachedWord.AllBytes)
                return false;
            read[i] = new SavedDword(dword, constants, value);
            last = dword;
        }

        entries = read;
        return true;
    }

    private static bool TryLayout(
        ConfigSpaceView view, ConfigSpaceOwnership ownership, ConfigCacheKind kind, int length, SavedDword[] entries, out ConfigSpacePolicy policy)
    {
        var image = new SavedSpace(view, length, entries);
        return ConfigSpacePolicy.TryRead(image, ownership, kind == ConfigCacheKind.VirtualFunctions, out policy) && !image.WasMissing;
    }

    private readonly record struct Saved(ConfigSpacePolicy Policy, SavedDword[] Entries)
    {
        public CacheState ToState() => new(Policy, Entries);
    }

    /// <summary>Reads forward, never beyond the end.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool TryBytes(int count, out ReadOnlySpan<byte> found)
        {
            found = _rest.Length >= count ? _rest[..count] : [];
            var holds = _rest.Length >= count;
            _rest = holds ? _rest[count..] : [];
            return holds;
        }

        public bool TryByte(out byte value)
        {
            var holds = TryBytes(sizeof(byte), out var found);
            value = holds ? found[0] : (byte)0;
            return holds;
        }

        public bool TryUInt16(out ushort value)
        {
            var holds = TryBytes(sizeof(ushort), out var found);
            value = holds ? BinaryPrimitives.ReadUInt16LittleEndian(found) : (ushort)0;
            return holds;
        }

        public bool TryUInt32(out uint value)
        {
            var holds = TryBytes(sizeof(uint), out var found);
            value = holds ? BinaryPrimitives.ReadUInt32LittleEndian(found) : 0;
            return holds;
        }
    }

    /// <summary>The saved dwords as a space; it says whether others were asked for.</summary>
    private sealed class SavedSpace(ConfigSpaceView view, int length, SavedDword[] entries) : IPciConfigSpace
    {
        private readonly Dictionary<int, uint> _values = entries.ToDictionary(static entry => (int)entry.Dword, static entry => entry.Value);

        public int Length => length;

        public ConfigSpaceView View => view;

        public string Subject => "saved cache";

        public bool WasMissing { get; private set; }

        public void Read(int offset, Span<byte> destination)
        {
            ConfigSpaceBounds.Check(this, offset, destination.Length);
            destination.Clear();
            if (destination.Length == sizeof(uint) && _values.TryGetValue(offset / sizeof(uint), out var value))
                BinaryPrimitives.WriteUInt32LittleEndian(destination, value);
            else
                WasMissing = true;
        }

        public void Write(int offset, ReadOnlySpan<byte> source) => throw new NotSupportedException("A saved cache cannot be written");
    }
}
