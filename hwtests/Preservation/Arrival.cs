using Devices.HwTests.LiveUpdate;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Preservation.Messages;
using Devices.Vfio;
using Google.Protobuf;

namespace Devices.HwTests.Preservation;

/// <summary>The next kernel's keeper, with the session that came over; its record can be forged and put right again.</summary>
public sealed class Arrival : IDisposable
{
    private readonly Lazy<(MemFd File, byte[] Original)> _record;
    private readonly SessionName _session;

    public Arrival()
        : this(KeptNvme.Session, KeeperSocket)
    {
    }

    internal Arrival(SessionName session, string keeperSocket)
    {
        _session = session;
        KeeperProcess = KeeperProcess.Start(keeperSocket);
        Keeper = KeeperProcess.Connect();
        _record = new(Retrieve);
    }

    internal const string KeeperSocket = "/run/devkeep-test-failures/keeper.sock";

    internal KeeperProcess KeeperProcess { get; }

    internal KeeperClient Keeper { get; }

    private MemFd File => _record.Value.File;

    private byte[] Original => _record.Value.Original;

    /// <summary>Replaces the record by an altered one, with a valid checksum.</summary>
    internal void Forge(Action<StateRecord> alter, uint oldestReader = RecordFormat.OldestReader)
    {
        var record = StateRecord.Parser.ParseFrom(RecordEnvelope.Read(Newest(Original), out var sequence));
        alter(record);
        ForgePayload(record.ToByteArray(), sequence, oldestReader);
    }

    /// <summary>Replaces the record by its first half, with a valid checksum.</summary>
    internal void ForgeHalf()
    {
        var payload = RecordEnvelope.Read(Newest(Original), out var sequence);
        ForgePayload(payload[..(payload.Length / 2)], sequence, RecordFormat.OldestReader);
    }

    /// <summary>Changes bytes of the slots as they stand.</summary>
    internal void Damage(int offsetInSlot, bool newestOnly = false)
    {
        var bytes = (byte[])Original.Clone();
        var slot = bytes.Length / RecordStore.Slots;
        for (var index = 0; index < RecordStore.Slots; index++)
        {
            if (!newestOnly || index == NewestSlot(bytes)) bytes[(index * slot) + offsetInSlot] ^= 0x40;
        }

        File.Fd.WriteExactlyAt(bytes, 0);
    }

    /// <summary>Puts the true record back.</summary>
    internal void PutRight() => File.Fd.WriteExactlyAt(Original, 0);

    /// <summary>All of the devices that a refused restore must not have changed, as text.</summary>
    internal string Untouched()
    {
        var record = StateRecord.Parser.ParseFrom(RecordEnvelope.Read(Newest(Original), out _));
        return string.Join('\n', record.Devices.Select(static device =>
        {
            var function = PciFunction.Open(PciAddress.Parse(device.Address));
            using var config = function.OpenConfigSpace();
            var bytes = new byte[config.Length];
            config.Read(0, bytes);
            var holders = VfioCdev.FindHolders(function);
            return $"{function.Address} on {function.Driver}, reset by {string.Join(' ', function.ResetMethods.Current)}, held by {string.Join(' ', holders)}: {Convert.ToHexString(bytes)}";
        }));
    }

    public void Dispose()
    {
        if (_record.IsValueCreated) File.Dispose();
        Keeper.Dispose();
        KeeperProcess.Dispose();
    }

    private void ForgePayload(ReadOnlySpan<byte> payload, ulong sequence, uint oldestReader)
    {
        var bytes = new byte[Original.Length];
        RecordEnvelope.Write(bytes.AsSpan(0, bytes.Length / RecordStore.Slots), sequence + 1, Math.Max(RecordFormat.Current, oldestReader), oldestReader, payload);
        File.Fd.WriteExactlyAt(bytes, 0);
    }

    private (MemFd File, byte[] Original) Retrieve()
    {
        var name = new KeeperNames(_session).Record;
        Keeper.RetrieveSession(_session);
        Keeper.RetrieveFd(_session, new FdToken(RecordFormat.Token), name);
        var file = MemFd.Adopt(Keeper.Get(name)!);
        var bytes = new byte[file.Length];
        file.Fd.ReadExactlyAt(bytes, 0);
        return (file, bytes);
    }

    private static ReadOnlySpan<byte> Newest(byte[] store) => Slot(store, NewestSlot(store));

    private static ReadOnlySpan<byte> Slot(byte[] store, int index) => store.AsSpan(index * (store.Length / RecordStore.Slots), store.Length / RecordStore.Slots);

    private static int NewestSlot(byte[] store)
    {
        _ = RecordEnvelope.Read(Slot(store, 0), out var first);
        _ = RecordEnvelope.Read(Slot(store, 1), out var second);
        return first > second ? 0 : 1;
    }
}
