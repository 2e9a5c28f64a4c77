using System.Security.Cryptography;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;
using static Devices.Vfio.MigrationState;

namespace Devices.HwTests.Vfio;

/// <summary>Saving a device and loading it into another one, on the kernel's sample mtty.</summary>
public class MigrationTests
{
    private const MigrationCapabilities All = MigrationCapabilities.StopCopy | MigrationCapabilities.PeerToPeer | MigrationCapabilities.PreCopy;
    // offsetof(struct mtty_data, ports).
    private const int HeaderLength = 24;

    [SkippableFact]
    public void A_mediated_device_has_a_name_and_no_address()
    {
        using var mtty = new Mtty();
        var device = mtty.Device;
        Assert.Equal(mtty.Id.ToString(), device.Name);
        Assert.Equal(mtty.Id, device.MediatedId);
        Assert.Throws<InvalidOperationException>(() => device.Address);
        Assert.Equal(0x32534348u, BitConverter.ToUInt32(Read(device, 0, 4)));
        using var again = VfioCdev.FromFd(device.Fd);
        Assert.Equal(mtty.Id, again.MediatedId);
        Assert.True(again.IsBound);
        using var ioas = mtty.Context.CreateIoas();
        using var attachment = device.Attach(ioas);
        var missing = Guid.NewGuid();
        Assert.Contains(missing.ToString(), Assert.Throws<LinuxException>(() => VfioCdev.Open(missing)).Message, StringComparison.Ordinal);
        using var eventFd = EventFd.Create();
        device.Interrupts.Intx.Enable(eventFd);
        mtty.InterruptOnData(0);
        mtty.Send(0, [1], 0);
        Assert.True(eventFd.TryRead(out _));
        device.Interrupts.DisableAll();
    }

    [SkippableFact]
    public void Traffic_goes_on_in_another_device()
    {
        using var source = new Mtty();
        using var target = new Mtty();
        var first = RandomNumberGenerator.GetBytes(11);
        var second = RandomNumberGenerator.GetBytes(5);
        source.Send(0, first, 0xA1);
        source.Send(1, second, 0xB2);
        target.Send(0, "of before"u8, 0x33);

        using var state = new MemoryStream();
        var estimate = source.Migration.StopCopyLength;
        using (var reader = source.Migration.StopCopy())
        {
            Assert.Equal(StopCopy, source.Migration.State);
            reader.CopyTo(state);
            Assert.True(reader.IsComplete);
        }

        Assert.Equal(estimate, (ulong)state.Length);
        using (var writer = target.Migration.StartResuming())
        {
            Assert.Equal(Resuming, target.Migration.State);
            // The pieces need not be those that came.
            foreach (var piece in state.ToArray().Chunk(7)) writer.Write(piece);
            target.Migration.MoveTo(Running);
            Assert.False(writer.CanWrite);
            Assert.Throws<ObjectDisposedException>(() => writer.Write([1]));
        }

        Assert.Equal(Running, target.Migration.State);
        Assert.Equal((0xA1, 0xB2), (target.ReadScratch(0), target.ReadScratch(1)));
        Assert.Equal(first, target.Receive(0));
        Assert.Equal(second, target.Receive(1));
        // What was saved again, unchanged, is the same.
        source.Migration.MoveTo(Running);
        Assert.Equal(first, source.Receive(0));
    }

    [SkippableFact]
    public void A_device_is_saved_while_it_runs_and_the_stream_goes_on_when_it_stops()
    {
        using var source = new Mtty();
        using var target = new Mtty();
        Assert.Equal(All, source.Migration.Capabilities);
        source.Migration.EnablePreCopyInfoV2();
        using var reader = source.Migration.StartPreCopy();
        Assert.Equal(PreCopy, source.Migration.State);
        Assert.Equal(new PreCopyInfo(HeaderLength, 0, false), reader.GetPreCopyInfo());
        using var state = new MemoryStream();
        reader.CopyTo(state);
        Assert.False(reader.IsComplete);
        Assert.Equal(HeaderLength, state.Length);
        Assert.Equal(0UL, reader.GetPreCopyInfo().InitialBytes);

        source.Send(0, "it still runs"u8, 0x77);
        source.Migration.MoveTo(PreCopyP2P);
        source.Migration.MoveTo(PreCopy);
        Assert.Same(reader, source.Migration.StopCopy());
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => reader.GetPreCopyInfo()).Errno);
        reader.CopyTo(state);
        Assert.True(reader.IsComplete);
        source.Migration.MoveTo(Stop);
        Assert.False(reader.CanRead);
        Assert.Throws<ObjectDisposedException>(() => reader.Read(new byte[1]));

        using var writer = target.Migration.StartResuming();
        writer.Write(state.ToArray());
        target.Migration.MoveTo(Running);
        Assert.Equal("it still runs"u8.ToArray(), target.Receive(0));
        Assert.Equal(0x77, target.ReadScratch(0));
    }

    [SkippableFact]
    public void Without_asking_for_it_new_initial_data_is_not_told()
    {
        using var source = new Mtty();
        using var reader = source.Migration.StartPreCopy();
        Assert.Null(reader.GetPreCopyInfo().HasNewInitialData);
        source.Migration.MoveTo(Running);
        Assert.False(reader.CanRead);
    }

    /// <summary>From each state to each other: the kernel does what the table of arcs says, and passes through no other.</summary>
    [SkippableFact]
    public void The_kernel_goes_the_ways_that_the_arcs_show()
    {
        using var mtty = new Mtty();
        using var save = new MemoryStream();
        foreach (var from in Enum.GetValues<MigrationState>().Where(state => state != Error))
            foreach (var to in Enum.GetValues<MigrationState>())
            {
                mtty.Device.Reset();
                var data = Set(mtty, from, out var errno);
                Assert.Equal(Errno.None, errno);
                // To leave Resuming a whole state is needed.
                if (from == Resuming)
                {
                    mtty.Device.Reset();
                    save.SetLength(0);
                    using (var reader = mtty.Migration.StopCopy()) reader.CopyTo(save);
                    data?.Dispose();
                    data = Set(mtty, Resuming, out errno);
                    Assert.Equal(Errno.None, errno);
                    Assert.Equal((int)save.Length, data!.Write(save.ToArray()));
                }

                var path = MigrationArcs.Path(from, to, All);
                using (data)
                using (Set(mtty, to, out errno))
                {
                    Assert.True((errno == Errno.None) == path is not null, $"{from} to {to}: {errno}, but the arcs say {(path is null ? "no" : string.Join(", ", path))}");
                    Assert.Equal(path is null ? Errno.EINVAL : Errno.None, errno);
                }

                Assert.Equal(path is null ? from : to, mtty.Migration.State);
            }
    }

    [SkippableFact]
    public void What_leads_nowhere_is_refused_before_the_device_is_touched()
    {
        using var mtty = new Mtty();
        using var reader = mtty.Migration.StopCopy();
        Assert.Contains("StopCopy to PreCopy", Assert.Throws<InvalidOperationException>(mtty.Migration.StartPreCopy).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => mtty.Migration.MoveTo(StopCopy));
        Assert.Throws<ArgumentOutOfRangeException>(() => mtty.Migration.MoveTo(Resuming));
        Assert.Throws<ArgumentOutOfRangeException>(() => mtty.Migration.MoveTo(Error));
        Assert.Equal(StopCopy, mtty.Migration.State);
        Assert.True(reader.CanRead);
    }

    [SkippableFact]
    public void Data_that_is_cut_damaged_or_of_another_device_is_refused()
    {
        using var source = new Mtty();
        using var target = new Mtty();
        using var save = new MemoryStream();
        using (var reader = source.Migration.StopCopy()) reader.CopyTo(save);
        var state = save.ToArray();

        var writer = target.Migration.StartResuming();
        Assert.Throws<InvalidOperationException>(target.Migration.StartResuming);
        writer.Write(state.AsSpan(0, state.Length - 1));
        var cut = Assert.Throws<MigrationException>(() => target.Migration.MoveTo(Running));
        Assert.Equal((Errno.EINVAL, Resuming, Running, Resuming), (cut.Errno, cut.From, cut.To, cut.Now));
        Assert.Contains("incomplete", cut.Message, StringComparison.Ordinal);
        Assert.True(writer.CanWrite);
        writer.Write(state.AsSpan(state.Length - 1));
        target.Migration.MoveTo(Running);

        writer = target.Migration.StartResuming();
        state[0] ^= 1;
        var damaged = Assert.Throws<LinuxException>(() => writer.Write(state));
        Assert.Equal(("write", Errno.EFAULT), (damaged.Call, damaged.Errno));
        target.Device.Reset();
        Assert.False(writer.CanWrite);
        Assert.Equal(Running, target.Migration.State);

        using var single = new Mtty(ports: 1);
        state[0] ^= 1;
        using var other = single.Migration.StartResuming();
        Assert.Throws<LinuxException>(() => other.Write(state));
    }

    [SkippableFact]
    public void A_stream_that_another_holder_started_is_not_to_be_had()
    {
        using var mtty = new Mtty();
        using var cdev = VfioCdev.FromFd(mtty.Device.Fd);
        using var other = cdev.AdoptBound(mtty.Context, mtty.Device.IommufdDeviceId);
        using var reader = mtty.Migration.StartPreCopy();
        Assert.Equal(PreCopy, other.Migration.State);
        Assert.Throws<InvalidOperationException>(() => other.Migration.StopCopy());
        Assert.Equal(StopCopy, mtty.Migration.State);
        reader.CopyTo(Stream.Null);
        Assert.True(reader.IsComplete);
    }

    [SkippableFact]
    public void The_log_of_dma_starts_reports_and_stops()
    {
        const ulong Page = 4096;
        using var mtty = new Mtty();
        Assert.True(mtty.Device.Features.IsSupported(VfioFeature.DmaLoggingStart, VfioFeatureAccess.Set));
        var range = IovaRange.OfLength(new Iova(0x10_0000), 100 * Page);
        var log = mtty.Device.StartDmaLogging(Page, range, IovaRange.OfLength(new Iova(0x8000_0000), Page));
        Assert.Equal(Page, log.PageSize);
        // mtty does no DMA: nothing is set, and nothing that was set is cleared.
        Assert.Equal(0UL, log.Report(range).DirtyCount);
        var pages = new DirtyBitmap(range, 2 * Page);
        pages.MarkDirty(range.First);
        log.Report(pages);
        Assert.Equal(1UL, pages.DirtyCount);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => log.Report(new DirtyBitmap(range, 2048))).Errno);
        log.Stop();
        Assert.Throws<InvalidOperationException>(() => log.Report(range));
        Assert.Throws<InvalidOperationException>(log.Stop);
        log.Dispose();

        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => mtty.Device.StartDmaLogging(Page, range, range)).Errno);
        Assert.Throws<ArgumentException>(() => mtty.Device.StartDmaLogging(Page));
        Assert.Throws<ArgumentException>(() => mtty.Device.StartDmaLogging(Page, IovaRange.OfLength(new Iova(0x800), Page)));
        Assert.Throws<ArgumentException>(() => mtty.Device.StartDmaLogging(3000, range));
        var many = Enumerable.Range(0, 257).Select(i => IovaRange.OfLength(new Iova((ulong)i * 2 * Page), Page)).ToArray();
        Assert.Equal(Errno.E2BIG, Assert.Throws<LinuxException>(() => mtty.Device.StartDmaLogging(Page, many)).Errno);
        using var most = mtty.Device.StartDmaLogging(Page, many.AsSpan(0, 256));
    }

    [SkippableFact]
    public void A_device_without_migration_says_so()
    {
        using var bound = BoundDevice.Edu();
        var migration = bound.Device.Migration;
        Assert.False(migration.IsSupported);
        Assert.Equal(MigrationCapabilities.None, migration.Capabilities);
        foreach (var use in (Action[])[() => _ = migration.State, () => _ = migration.StopCopyLength, () => migration.StopCopy(), () => migration.StartResuming(), () => migration.MoveTo(Stop)])
        {
            var refused = Assert.Throws<LinuxException>(use);
            Assert.Equal(Errno.ENOTTY, refused.Errno);
            Assert.Contains("does not have this feature", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(migration.EnablePreCopyInfoV2).Errno);
        Assert.Equal(Errno.ENOTTY, Assert.Throws<LinuxException>(() => bound.Device.StartDmaLogging(4096, IovaRange.OfLength(new Iova(0x1000), 0x1000))).Errno);
    }

    private static FileDescriptor? Set(Mtty mtty, MigrationState state, out Errno errno)
    {
        var change = new vfio_device_feature_mig_state { device_state = (uint)state, data_fd = -1 };
        errno = mtty.Device.Features.TrySet(VfioFeature.MigrationDeviceState, ref change);
        return change.data_fd >= 0 ? FileDescriptor.Adopt(change.data_fd, "migration data") : null;
    }

    private static byte[] Read(IommufdDevice device, int offset, int length)
    {
        var bytes = new byte[length];
        device.ConfigSpace.Read(offset, bytes);
        return bytes;
    }
}
