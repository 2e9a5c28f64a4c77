using Devices.Linux;
using Devices.Preservation;
using Devices.Preservation.Messages;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;

namespace Devices.Tests.Preservation;

public sealed class RecordStoreTests
{
    [Fact]
    public void What_was_written_is_read_in_another_process()
    {
        using var writer = RecordStore.Create("record", 8192);
        writer.Write(Records.Full());
        using var reader = RecordStore.Open(writer.Fd.Duplicate());
        Assert.Equal(Records.Full(), reader.Read(out var damage));
        Assert.Null(damage);
    }

    [Fact]
    public void What_no_reader_would_take_is_not_written()
    {
        using var store = RecordStore.Create("record", 8192);
        store.Write(Records.Full());
        var unreadable = Records.Full();
        unreadable.Memory[0].Length = 0;
        var refusal = Assert.Throws<RecordException>(() => store.Write(unreadable));
        Assert.Equal("memory \"ram\".length", refusal.Field);
        Assert.Contains("it was not written", refusal.Remedy, StringComparison.Ordinal);
        Assert.Equal(Records.Full(), store.Read(out _));
    }

    [Fact]
    public void The_newest_of_many_counts()
    {
        using var store = RecordStore.Create("record", 8192);
        for (var index = 0; index < 7; index++)
        {
            var record = Records.Full();
            record.BootId = $"boot {index}";
            store.Write(record);
            using var reader = RecordStore.Open(store.Fd.Duplicate());
            Assert.Equal($"boot {index}", reader.Read(out _).BootId);
        }
    }

    [Fact]
    public void A_reader_goes_on_writing_where_the_writer_ended()
    {
        using var first = RecordStore.Create("record", 8192);
        first.Write(Records.Full());
        first.Write(Records.Full());
        using var second = RecordStore.Open(first.Fd.Duplicate());
        var record = second.Read(out _);
        record.Phase = Phase.Resumed;
        second.Write(record);
        using var third = RecordStore.Open(first.Fd.Duplicate());
        Assert.Equal(Phase.Resumed, third.Read(out _).Phase);
    }

    [Fact]
    public void A_record_that_has_outgrown_its_memory_is_refused_and_the_one_before_stands()
    {
        using var store = RecordStore.Create("record", 4000);
        store.Write(Records.Full());
        var large = Records.Full();
        large.Devices[0].Driver.State = ByteString.CopyFrom(new byte[8192]);
        Assert.Equal("length", Assert.Throws<RecordException>(() => store.Write(large)).Field);
        Assert.Equal(Records.Full(), store.Read(out _));
    }

    [Fact]
    public void A_blank_memfd_and_one_of_another_program_are_told_apart_from_a_record()
    {
        using var blank = RecordStore.Create("blank", 100);
        Assert.Equal("slots", Assert.Throws<RecordException>(() => blank.Read(out _)).Field);

        using var foreign = MemFd.Create("foreign", 2 * PageSize.Bytes);
        foreign.Fd.WriteExactlyAt("#!/bin/sh\nexec something else entirely\n"u8, 0);
        using var store = RecordStore.Open(foreign.Fd.Duplicate());
        Assert.Equal("magic", Assert.Throws<RecordException>(() => store.Read(out _)).Field);

        using var odd = MemFd.Create("odd", PageSize.Bytes);
        Assert.Equal("memfd", Assert.Throws<RecordException>(() => RecordStore.Open(odd.Fd.Duplicate())).Field);
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        var payload = Records.Full().ToByteArray();
        var slot = new byte[RecordEnvelope.HeaderLength + payload.Length];
        RecordEnvelope.Write(slot, 1, RecordFormat.Current, RecordFormat.OldestReader, payload);
        Assert.Equal(payload, RecordEnvelope.Read(slot, out _));
        for (var bit = 0; bit < slot.Length * 8; bit++)
        {
            slot[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<RecordException>(() => RecordEnvelope.Read(slot, out _));
            slot[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        var payload = Records.Full().ToByteArray();
        var slot = new byte[RecordEnvelope.HeaderLength + payload.Length];
        RecordEnvelope.Write(slot, 1, RecordFormat.Current, RecordFormat.OldestReader, payload);
        for (var length = 0; length < slot.Length; length++)
            Assert.Throws<RecordException>(() => RecordEnvelope.Read(slot.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_damaged_newer_slot_is_reported_beside_the_older_one()
    {
        using var store = RecordStore.Create("record", 4000);
        var preserved = Records.Full();
        preserved.Phase = Phase.Preserved;
        store.Write(preserved); // sequence 1: second slot
        store.Write(Records.Full()); // sequence 2: first slot
        Span<byte> one = [0xff];
        store.Fd.WriteExactlyAt(one, RecordEnvelope.HeaderLength + 20);
        using var reader = RecordStore.Open(store.Fd.Duplicate());
        Assert.Equal(Phase.Preserved, reader.Read(out var damage).Phase);
        Assert.Equal("checksum", damage!.Field);
    }

    [Fact]
    public void A_format_that_needs_a_newer_reader_is_refused_by_version_and_one_that_does_not_is_read()
    {
        var payload = Records.Full().ToByteArray();
        var slot = new byte[RecordEnvelope.HeaderLength + payload.Length];
        RecordEnvelope.Write(slot, 1, RecordFormat.Current + 5, RecordFormat.Current + 1, payload);
        var failure = Assert.Throws<RecordException>(() => RecordEnvelope.Read(slot, out _));
        Assert.Equal("version", failure.Field);
        Assert.Contains($"needs a reader of format {RecordFormat.Current + 1}", failure.Message, StringComparison.Ordinal);

        RecordEnvelope.Write(slot, 1, RecordFormat.Current + 5, RecordFormat.Current, payload);
        Assert.Equal(payload, RecordEnvelope.Read(slot, out _));

        RecordEnvelope.Write(slot, 1, RecordFormat.OldestRead - 1, 0, payload);
        Assert.Equal("version", Assert.Throws<RecordException>(() => RecordEnvelope.Read(slot, out _)).Field);
    }

    [Fact]
    public void Fields_of_a_newer_writer_survive_being_read_and_written()
    {
        var newer = new Newer.StateRecord { Session = "s", Phase = (uint)Phase.Frozen, Host = "rack 7", Devices = { new Newer.Device { Address = "0000:01:00.0", Tier = 2, PowerBudget = { 25, 75 } } } };
        var ours = RecordStore.Parse(newer.ToByteArray());
        ours.Phase = Phase.Resumed;
        var back = Newer.StateRecord.Parser.ParseFrom(ours.ToByteArray());
        Assert.Equal("rack 7", back.Host);
        Assert.Equal([25, 75], back.Devices[0].PowerBudget);
        Assert.Equal((uint)Phase.Resumed, back.Phase);
    }

    [Fact]
    public void The_golden_record_of_each_format_is_read()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Preservation", "Golden"), "format-*.hex"))
        {
            var slot = Convert.FromHexString(string.Concat(File.ReadLines(path).Where(static line => !line.StartsWith('#'))));
            var record = RecordStore.Parse(RecordEnvelope.Read(slot, out var sequence));
            RecordBounds.Check(record);
            Assert.Equal(path.EndsWith("-caches.hex", StringComparison.Ordinal) ? Records.WithCachesAndVfs() : Records.Full(), record);
            Assert.Equal(1UL, sequence);
        }

        Assert.Contains($"format-{RecordFormat.Current}.hex", Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Preservation", "Golden")).Select(Path.GetFileName));
    }

    [Fact]
    public void Bytes_that_are_no_record_never_do_more_than_be_refused()
    {
        Prop.ForAll<byte[]>(static bytes =>
        {
            try
            {
                RecordBounds.Check(RecordStore.Parse(bytes));
            }
            catch (RecordException)
            {
                // What is not a record says so.
            }
        }).QuickCheckThrowOnFailure();
    }
}
