using Devices.Drivers;
using Devices.HwTests.Drivers;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Preservation.Messages;
using LabKernel = Devices.HwTests.Lab.NextKernel;
using Memory = Devices.Preservation.Messages.Memory;

namespace Devices.HwTests.Preservation;

/// <summary>
/// All that can go wrong in the next kernel, in one of them: each refusal names what is wrong, leaves the devices untouched and the
/// memory where it is, and the restore that comes last succeeds without a reset.
/// </summary>
[TestCaseOrderer("Devices.HwTests.Preservation.InDeclaredOrder", "Devices.HwTests")]
public sealed class FailuresOverKexecTests(Arrival arrival) : IClassFixture<Arrival>
{
    private const string Scenario = "failures";
    private const string Nvme = "0000:01:00.0";
    private const string Edu = "0000:00:05.0";
    private const string RamName = "ram";
    private const int RamBytes = 16 << 20;
    private const string EduBufferName = "edu-buffer";

    /// <summary>Forged records by name: what is altered, and what the refusal must name.</summary>
    private static readonly Dictionary<string, (Action<StateRecord> Alter, string Subject, string Field)> s_forgeries = new(StringComparer.Ordinal)
    {
        ["vendor"] = (static record => Of(record, Nvme).VendorId = 0x8086, Nvme, "vendor_id"),
        ["device"] = (static record => Of(record, Edu).DeviceId++, Edu, "device_id"),
        ["subsystem"] = (static record => Of(record, Nvme).SubsystemId++, Nvme, "subsystem_id"),
        ["class"] = (static record => Of(record, Nvme).ClassCode = 0x010801, Nvme, "class_code"),
        ["revision"] = (static record => Of(record, Edu).Revision++, Edu, "revision"),
        ["address"] = (static record => Of(record, Edu).Address = "0000:00:1d.7", "0000:00:1d.7", "presence"),
        ["BAR size"] = (static record => Of(record, Nvme).Bars[0].Size *= 2, Nvme, "bars[0].size"),
        ["BAR missing"] = (static record => Of(record, Edu).Bars.Add(new Bar { Index = 5, Size = 4096 }), Edu, "bars[5].size"),
        ["BAR too many"] = (static record => Of(record, Edu).Bars.Clear(), Edu, "bars[0].size"),
        ["MSI-X vectors"] = (static record => Of(record, Nvme).MsixVectors++, Nvme, "msix_vectors"),
        ["capability missing"] = (static record => Of(record, Nvme).Capabilities.Add(new Capability { Id = 0x1e, Offset = 0xff0, Extended = true }), Nvme, "capabilities["),
        ["capability elsewhere"] = (static record => Of(record, Edu).Capabilities[0].Offset += 4, Edu, "capabilities[0]"),
        ["memfd missing"] = (static record => record.Memory.Add(new Memory { Token = 99, Name = "ghost", Length = 4096 }), "memory \"ghost\"", "memfd"),
        ["memory length"] = (static record => record.Memory.First(static memory => memory.Name == RamName).Length += 4096, $"memory \"{RamName}\"", "length"),
        ["reserved IOVA"] = (static record => record.Ioas[0].Mappings[0].Iova = 0xfee0_0000, Nvme, "iova_ranges"),
    };

    public static TheoryData<string> Forgeries => [.. s_forgeries.Keys];

    [Theory, AfterKexec(Scenario)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_session_that_cannot_be_retrieved_is_refused(bool orchestratorIsHeld)
    {
        var wanted = orchestratorIsHeld ? KeptNvme.Session : new SessionName("nobody's");
        using var held = orchestratorIsHeld ? FileDescriptor.Open("/dev/liveupdate", OpenMode.ReadWrite) : null;
        var failure = Assert.Throws<LinuxException>(() => ArrivedSession.Open(arrival.Keeper, wanted));
        Assert.Equal(orchestratorIsHeld ? Errno.EBUSY : Errno.ENOENT, failure.Errno);
        Assert.Contains(orchestratorIsHeld ? $"(pid {Environment.ProcessId})" : "nobody's", failure.Message, StringComparison.Ordinal);
        Assert.Equal(orchestratorIsHeld ? "open" : "LIVEUPDATE_IOCTL_RETRIEVE_SESSION", failure.Call);
    }

    [Theory, AfterKexec(Scenario)]
    [MemberData(nameof(Forgeries))]
    public void A_forged_record_is_refused(string forgery)
    {
        var (alter, subject, field) = s_forgeries[forgery];
        Refused(() => arrival.Forge(alter), () =>
        {
            var session = ArrivedSession.Open(arrival.Keeper, KeptNvme.Session);
            var failure = Assert.Throws<VerificationException>(() => session.Verify());
            Assert.Equal(subject, failure.Subject);
            Assert.StartsWith(field, failure.Field, StringComparison.Ordinal);
            Assert.Contains(subject, failure.Message, StringComparison.Ordinal);
            Assert.Contains(field, failure.Message, StringComparison.Ordinal);
            // The step was not taken: it says the same again.
            Assert.Equal(failure.Message, Assert.Throws<VerificationException>(() => session.Verify()).Message);
        });
    }

    [Theory, AfterKexec(Scenario)]
    [InlineData("version")]
    [InlineData("payload")]
    [InlineData("length")]
    [InlineData("checksum")]
    [InlineData("magic")]
    [InlineData("session")]
    [InlineData("mapping")]
    public void A_record_that_cannot_be_used_is_refused(string field)
        => Refused(
            () =>
            {
                switch (field)
                {
                    case "version":
                        arrival.Forge(static _ => { }, RecordFormat.Current + 1);
                        break;
                    case "payload":
                        arrival.ForgeHalf();
                        break;
                    case "length":
                        arrival.Damage(27); // the length's highest byte: far more than there is
                        break;
                    case "checksum":
                        arrival.Damage(RecordEnvelope.HeaderLength + 100);
                        break;
                    case "magic":
                        arrival.Damage(0);
                        break;
                    case "session":
                        arrival.Forge(static record => record.Session = "another");
                        break;
                    default:
                        arrival.Forge(static record => record.Ioas[0].Mappings[0].Length += 1UL << 40);
                        break;
                }
            },
            () =>
            {
                var failure = Assert.Throws<RecordException>(() => ArrivedSession.Open(arrival.Keeper, KeptNvme.Session));
                Assert.Contains(field, failure.Field, StringComparison.Ordinal);
            });

    [Fact, AfterKexec(Scenario)]
    public void A_session_that_was_not_frozen_is_refused()
        => Refused(
            () => arrival.Forge(static record => record.Phase = Phase.Preserved),
            () => Assert.Contains("frozen", Assert.Throws<SessionStateException>(() => ArrivedSession.Open(arrival.Keeper, KeptNvme.Session)).Message, StringComparison.Ordinal));

    [Fact, AfterKexec(Scenario)]
    public void What_another_kernel_preserved_is_not_taken_over()
        => Refused(
            static () => { },
            () => Assert.Contains("another kernel", Assert.Throws<SessionStateException>(() => PreservedSession.TakeOver(arrival.Keeper, KeptNvme.Session, static _ => null)).Message, StringComparison.Ordinal));

    [Fact, AfterKexec(Scenario)]
    public void Of_two_frozen_records_the_whole_one_serves()
        => Refused(
            () => arrival.Damage(RecordEnvelope.HeaderLength + 100, newestOnly: true),
            () => Assert.Equal(2, ArrivedSession.Open(arrival.Keeper, KeptNvme.Session).Devices.Count));

    /// <summary>The last: from here on the devices are touched. Workers die at each step, in turn, and the next one finishes it.</summary>
    [Fact, AfterKexec(Scenario)]
    public void A_restore_that_dies_at_each_step_is_finished_without_a_reset()
    {
        arrival.PutRight();
        foreach (var step in new[] { "iommufd", "ioas", "map", "reset_method", "bind", "open", "bind_iommufd", "attach", "config", "interrupts", "bus_master", "record" })
            Assert.True(WorkerProcess.DiesRestoring(step, arrival.KeeperProcess), $"no worker died at \"{step}\"");

        NvmeController? nvme = null;
        EduDevice? edu = null;
        var restored = ArrivedSession.Open(arrival.Keeper, KeptNvme.Session).Verify().Restore();
        Assert.All(restored.Devices, static device => Assert.Empty(device.ConfigDifferences));
        var resumed = restored.Resume(device => device.DriverName == "nvme"
            ? nvme = KeptNvme.Continue(device)
            : edu = EduDevice.Continue(device.Attachment, device.DriverState.Span, device.Attachment.Device.Interrupts.Msi.Vectors[0]));
        foreach (var evidence in new[] { nvme!.CheckNotReset(), edu!.CheckNotReset() }) Assert.True(evidence.IsUnchanged, $"{evidence}");

        KeptNvme.Check(nvme, round: 0);
        KeptNvme.Write(nvme, round: 1);
        KeptNvme.Check(nvme, round: 1);
        Assert.All(nvme.Queues, static queue => Assert.True(queue.Statistics.Interrupts > 1));
        var buffer = DmaMemory.Adopt(restored.Devices.Single(static device => device.DriverName == "edu").MappingsOf(EduBufferName)[0]);
        buffer.Bytes(0, EduDevice.BufferBytes).Clear();
        edu.CopyFromDevice(buffer, 0, 0, EduDevice.BufferBytes);
        Assert.True(buffer.Bytes(0, EduDevice.BufferBytes).SequenceEqual(Pattern(EduDevice.BufferBytes)), "edu's buffer is not what was copied into it");
        edu.RaiseInterrupt(1);
        Assert.True(edu.TryAwaitInterrupt(1, TimeSpan.FromSeconds(5)));

        using (var ram = MemFd.Adopt(arrival.Keeper.Get(new KeeperNames(KeptNvme.Session).Memory(RamName))!))
        using (var mapped = ram.Map(MemoryProtection.Read))
            Assert.True(mapped.Span(0, RamBytes).SequenceEqual(Pattern(RamBytes)), "memory was lost");

        resumed.Finish();
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => ArrivedSession.Open(arrival.Keeper, KeptNvme.Session)).Errno);
        Assert.False(PciFunction.Open(nvme.Address).ResetMethods.IsCleared);
        KeptNvme.Check(nvme, round: 0);
    }

    private static Device Of(StateRecord record, string address) => record.Devices.Single(device => device.Address == address);

    private void Refused(Action forge, Action attempt)
    {
        var before = arrival.Untouched();
        Assert.Contains("held by :", before, StringComparison.Ordinal);
        forge();
        try
        {
            attempt();
            Assert.Equal(before, arrival.Untouched());
        }
        finally
        {
            arrival.PutRight();
        }
    }

    private static byte[] Pattern(int length)
    {
        var pattern = new byte[length];
        new Random(length).NextBytes(pattern);
        return pattern;
    }

    /// <summary>The first half of the pair: a controller and edu at work, each with an address space and an iommufd of its own.</summary>
    public sealed class Before
    {
        [Fact, BeforeKexec(Scenario)]
        public void Preserve_freeze_and_jump()
        {
            var keeper = KeeperProcess.Start(Arrival.KeeperSocket).Connect();
            var nvme = new KeptNvme();
            KeptNvme.Write(nvme.Controller, round: 0);

            var eduRig = AttachedDevice.Edu();
            var buffer = eduRig.Allocate(EduDevice.BufferBytes, 0x0100_0000);
            var eventFd = eduRig.NewEventFd();
            eduRig.Device.Interrupts.Msi.Enable(eventFd);
            var edu = EduDevice.Start(eduRig.Attachment, eventFd);
            Pattern(EduDevice.BufferBytes).CopyTo(buffer.Bytes(0, EduDevice.BufferBytes));
            edu.CopyToDevice(buffer, 0, 0, EduDevice.BufferBytes);

            var ram = MemFd.Create(RamName, RamBytes);
            ram.Fd.WriteExactlyAt(Pattern(RamBytes), 0);

            var request = nvme.Request(keeper);
            var frozen = PreservationPlan.Create(request with
            {
                Devices = [.. request.Devices, new KeptDevice(eduRig.Attachment, edu)],
                Memory = [.. request.Memory, new KeptMemory(EduBufferName, buffer.File), new KeptMemory(RamName, ram)],
            }).Preserve().Freeze();
            LabKernel.Announce();
            frozen.Jump();
        }
    }
}
