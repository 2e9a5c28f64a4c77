using System.Collections;

namespace Devices.Pci;

/// <summary>Reads the capability lists of a function.</summary>
public static class PciCapabilities
{
    private const uint AllOnes = 0xFFFF_FFFF;
    private const byte BrokenId = 0xFF;

    /// <summary>
    /// Walks both lists. A broken list is no error: it is read as far as it goes and what is wrong is reported in
    /// <see cref="PciCapabilityList.Anomalies"/>. It always ends.
    /// </summary>
    /// <param name="space">The configuration space; the standard list needs 64 bytes and more, the extended one more than 256.</param>
    /// <returns>The capabilities.</returns>
    /// <remarks>Reads each dword at most once, and only those of headers and of capabilities whose length is known.</remarks>
    public static PciCapabilityList Read(IPciConfigSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return Read(space, constantsOnly: false);
    }

    /// <summary>
    /// Walks both lists and reads of each capability's body only the dwords that hold something constant, and those its length depends on; other
    /// registers are 0 in the views.
    /// </summary>
    internal static PciCapabilityList ReadConstants(IPciConfigSpace space) => Read(space, constantsOnly: true);

    private static PciCapabilityList Read(IPciConfigSpace space, bool constantsOnly)
    {
        var walk = new Walk(space, constantsOnly);
        if (walk.Standard())
            walk.Extended();
        return new PciCapabilityList([.. walk.Found], [.. walk.Anomalies]);
    }

    private sealed class Walk(IPciConfigSpace space, bool constantsOnly)
    {
        private readonly DwordReader _reader = new(space);
        private PciExpressCapability? _express;
        private PciHeaderType _headerType;

        public List<PciCapability> Found { get; } = [];

        public List<CapabilityAnomaly> Anomalies { get; } = [];

        /// <summary>Walks the standard list; false if the function does not answer at all.</summary>
        public bool Standard()
        {
            if (!_reader.Holds(0, PciRegs.PCI_STD_HEADER_SIZEOF))
            {
                Report(CapabilityAnomalyKind.Truncated, _reader.Length, "the standard header ends early");
                return false;
            }

            var commandAndStatus = _reader.ReadUInt32(PciRegs.PCI_COMMAND);
            if (commandAndStatus == AllOnes)
            {
                Report(CapabilityAnomalyKind.AllOnes, PciRegs.PCI_COMMAND, "Command and Status are all ones: the function does not answer");
                return false;
            }

            if (!((PciStatus)(commandAndStatus >> 16)).HasFlag(PciStatus.CapabilityList))
                return true;
            _headerType = (PciHeaderType)(_reader.ReadByte(PciRegs.PCI_HEADER_TYPE) & 0x7F);
            var pointer = _reader.ReadByte(_headerType == PciHeaderType.CardBus ? PciRegs.PCI_CB_CAPABILITY_LIST : PciRegs.PCI_CAPABILITY_LIST);
            var seen = new BitArray(_reader.Length);
            while (Follow(pointer, PciRegs.PCI_STD_HEADER_SIZEOF, seen) is { } offset)
            {
                var header = _reader.ReadUInt32(offset);
                var id = (byte)header;
                if (id == BrokenId)
                {
                    Report(CapabilityAnomalyKind.AllOnes, offset, "the id is 0xff: the list is broken");
                    break;
                }

                Add(id, offset, isExtended: false, version: null, CapabilityLengths.OfStandard(_reader, id, offset, _headerType));
                pointer = (byte)(header >> 8);
            }

            return true;
        }

        public void Extended()
        {
            if (!_reader.Holds(PciRegs.PCI_CFG_SPACE_SIZE, sizeof(uint)))
                return;
            var seen = new BitArray(_reader.Length);
            int? next = PciRegs.PCI_CFG_SPACE_SIZE;
            seen[PciRegs.PCI_CFG_SPACE_SIZE] = true;
            while (next is { } offset)
            {
                var header = _reader.ReadUInt32(offset);
                if (header == AllOnes)
                {
                    Report(CapabilityAnomalyKind.AllOnes, offset, "the header is all ones: no extended configuration space answers here");
                    return;
                }

                if (header == 0)
                {
                    // At 0x100 this is how a function says that it has none; anywhere else a pointer led to nothing.
                    if (offset != PciRegs.PCI_CFG_SPACE_SIZE)
                        Report(CapabilityAnomalyKind.EmptyHeader, offset, "the header is zero");
                    return;
                }

                // An id of 0 with a pointer is how VFIO hides a first capability: the list goes on behind it.
                var id = (ushort)header;
                var version = (byte)(header >> 16 & 0xF);
                Add(id, offset, isExtended: true, version, CapabilityLengths.OfExtended(_reader, id, offset, version, _express));
                next = Follow((int)(header >> 20), PciRegs.PCI_CFG_SPACE_SIZE, seen);
            }
        }

        // The next capability's offset, or null at the end of the list, regular or not.
        private int? Follow(int pointer, int lowest, BitArray seen)
        {
            var offset = pointer & ~3;
            if (pointer != offset)
                Report(CapabilityAnomalyKind.PointerUnaligned, pointer, $"a pointer is not aligned; read as 0x{offset:x}");
            if (offset == 0)
                return null;
            if (offset < lowest)
            {
                Report(CapabilityAnomalyKind.PointerIntoHeader, offset, $"a pointer leads below 0x{lowest:x}");
                return null;
            }

            if (!_reader.Holds(offset, sizeof(uint)))
            {
                Report(CapabilityAnomalyKind.PointerBeyondEnd, offset, $"a pointer leads beyond the {_reader.Length} bytes that can be read");
                return null;
            }

            if (seen[offset])
            {
                Report(CapabilityAnomalyKind.Loop, offset, "a pointer leads back to a capability already seen");
                return null;
            }

            seen[offset] = true;
            return offset;
        }

        private void Add(ushort id, int offset, bool isExtended, byte? version, int? length)
        {
            var readable = length ?? sizeof(uint);
            if (!_reader.Holds(offset, readable))
            {
                Report(CapabilityAnomalyKind.Truncated, offset, $"a capability of {readable} bytes reaches beyond the {_reader.Length} that can be read");
                readable = sizeof(uint);
            }

            var bytes = constantsOnly
                ? _reader.ReadBytes(offset, readable, dword => CapabilityRules.HasConstant(id, isExtended, dword))
                : _reader.ReadBytes(offset, readable);
            var body = new CapabilityBody(id, offset, isExtended, version, length, _headerType, bytes);
            var capability = CapabilityTypes.Create(body);
            _express ??= capability as PciExpressCapability;
            Found.Add(capability);
        }

        private void Report(CapabilityAnomalyKind kind, int offset, string message) =>
            Anomalies.Add(new CapabilityAnomaly(kind, offset, $"{space.Subject}: at configuration offset 0x{offset:x}, {message}"));
    }
}
