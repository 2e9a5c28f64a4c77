using System.Buffers.Binary;
using Devices.Iommufd;
using Devices.Pci;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>Looks into a state record without using it.</summary>
public static class RecordInspector
{
    /// <summary>Reads the newest whole record of a store.</summary>
    /// <param name="store">All bytes of the record's memfd: two slots of equal size.</param>
    /// <exception cref="RecordException">No slot holds a whole record that this build reads.</exception>
    public static RecordInspection Inspect(ReadOnlySpan<byte> store)
    {
        if (store.Length == 0 || store.Length % RecordStore.Slots != 0)
            throw new RecordException("length", $"{store.Length} bytes are not two slots of equal size", "Give the whole memfd of token 0");
        var slots = new List<RecordSlot>();
        StateRecord? newest = null;
        ulong newestSequence = 0;
        for (var index = 0; index < RecordStore.Slots; index++)
        {
            var bytes = store.Slice(index * (store.Length / RecordStore.Slots), store.Length / RecordStore.Slots);
            var slot = Look(index, bytes, out var record);
            slots.Add(slot);
            if (record is null || (newest is not null && slot.Sequence <= newestSequence)) continue;
            newest = record;
            newestSequence = slot.Sequence ?? 0;
        }

        return newest is null
            ? throw slots.Find(static slot => slot.Damage is not null)?.Damage ?? new RecordException("slots", "all are blank", "No record was ever written here")
            : Describe(slots, newest);
    }

    private static RecordSlot Look(int index, ReadOnlySpan<byte> bytes, out StateRecord? record)
    {
        record = null;
        if (bytes.Length >= RecordEnvelope.HeaderLength && RecordEnvelope.IsBlank(bytes)) return new RecordSlot(index, IsBlank: true, null, null, null, null);
        uint? format = null, oldestReader = null;
        if (bytes.Length >= RecordEnvelope.HeaderLength)
        {
            format = BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordEnvelope.FormatAt..]);
            oldestReader = BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordEnvelope.OldestReaderAt..]);
        }

        try
        {
            var payload = RecordEnvelope.Read(bytes, out var sequence);
            var parsed = RecordStore.Parse(payload);
            RecordBounds.Check(parsed);
            record = parsed;
            return new RecordSlot(index, IsBlank: false, sequence, format, oldestReader, null);
        }
        catch (RecordException damage)
        {
            return new RecordSlot(index, IsBlank: false, null, format, oldestReader, damage);
        }
    }

    private static RecordInspection Describe(List<RecordSlot> slots, StateRecord record)
    {
        var names = record.Memory.ToDictionary(static memory => memory.Token, static memory => memory.Name);
        return new RecordInspection(
            slots,
            record.Session,
            record.Writer,
            (RecordPhase)record.Phase,
            record.BootId,
            [.. record.Memory.Select(static memory => new RecordedMemory(memory.Token, memory.Name, memory.Length))],
            [.. record.Ioas.SelectMany(space => space.Mappings.Select(mapping => new RecordedMapping(
                space.Key, IovaRange.OfLength(new Iova(mapping.Iova), mapping.Length), names[mapping.MemoryToken], mapping.Offset, (DmaAccess)mapping.Access)))],
            [.. record.Devices.Select(Describe)],
            [.. record.PhysicalFunctions.Select(Describe)],
            record.HostConfigCache.Length,
            record.CalculateSize());
    }

    private static RecordedPhysicalFunction Describe(PhysicalFunction physical) => new(
        PciAddress.Parse(physical.Address), KeptVfs.LayoutOf(physical), (ushort)physical.VfDeviceId, physical.DriversAutoprobe, physical.VfConfigCache.Length);

    private static RecordedDevice Describe(Device device) => new(
        PciAddress.Parse(device.Address),
        new PciIds((ushort)device.VendorId, (ushort)device.DeviceId, (ushort)device.SubsystemVendorId, (ushort)device.SubsystemId),
        new PciClassCode(device.ClassCode & 0xFF_FFFF),
        (PreservationTier)device.Tier,
        device.IoasKey,
        device.Bars.GroupBy(static bar => (int)bar.Index).ToDictionary(static bars => bars.Key, static bars => bars.Last().Size),
        device.Capabilities.Count,
        (int)device.MsixVectors,
        [.. device.Interrupts.Select(static interrupts => new RecordedInterrupts(interrupts.Index, interrupts.Count, [.. interrupts.Armed]))],
        device.Driver?.Name,
        device.Driver?.Version ?? 0,
        device.Driver?.State.Length ?? 0,
        device.ConfigCache.Length,
        device.CalculateSize());
}
