using System.Diagnostics;
using System.Globalization;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Pci;

/// <summary>The raw registers of 1,016 VFs through their caches: each byte is what an uncached read gives, whatever is done to the VFs.</summary>
[Guest("thousand"), Collection(ThousandVfsGroup.Name)]
public sealed class ThousandVfsTests : IDisposable
{
    private const string SetPciPath = "/usr/bin/setpci";
    private const ushort InitiateFlr = 1 << 15;

    // Bits of Device Control that may be written without consequences: which errors are reported.
    private const ushort ErrorReporting = 0x000F;

    // All that may be told of a function that stays where it is.
    private static readonly ConfigSpaceEvent[] s_events =
        [ConfigSpaceEvent.FunctionReset, ConfigSpaceEvent.HotReset, ConfigSpaceEvent.PowerStateChanged, ConfigSpaceEvent.InterruptsSet, ConfigSpaceEvent.Replaced];

    // After a reset, or D3hot, a function need not answer for so long (PCIe 6.6.2, PCI PM 5.4).
    private static readonly TimeSpan s_reset = TimeSpan.FromMilliseconds(110);
    private static readonly TimeSpan s_intoD3Hot = TimeSpan.FromMilliseconds(20);

    // Of each PF, where all would take long: a process or a sleep of the kernel's for each, or one more time all of their bytes.
    private static readonly int[] s_sample = [0, 13];

    private readonly ThousandVfs _vfs;
    private readonly List<IDisposable> _open = [];

    public ThousandVfsTests(ThousandVfs vfs)
    {
        _vfs = vfs;
        _vfs.Make();
    }

    public void Dispose() => _open.ForEach(static one => one.Dispose());

    [SkippableFact]
    public void Every_byte_of_every_VF_is_its_own_also_when_VFs_were_made_anew()
    {
        foreach (var pf in _vfs.Pfs.SkipLast(1)) AssertSame(Open(All(pf), Family(), ConfigSpaceOwnership.Shared));

        // Constants are given until the caches are told that the VFs are gone. The files are those of other VFs then.
        var again = _vfs.Pfs[^1];
        var family = Family();
        var before = Open(All(again), family, ConfigSpaceOwnership.Shared);
        AssertSame(before);
        again.Sriov!.Disable();
        Assert.All(before, static vf => Assert.Throws<LinuxException>(() => vf.Cache.ReadUInt16(PciRegs.PCI_COMMAND)));
        Assert.All(before, static vf => Assert.True(vf.Cache.IsCached(PciRegs.PCI_CLASS_REVISION)));
        family.Invalidate();
        Assert.All(before, static vf => Assert.Throws<LinuxException>(() => vf.Cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION)));
        before.ForEach(vf => family.Remove(vf.Cache));
        ThousandVfs.Enable(again);
        AssertSame(Open(All(again), family, ConfigSpaceOwnership.Shared));
    }

    [SkippableFact]
    public void Resets_and_power_states_leave_no_stale_byte_in_any_VF()
    {
        var vfs = _vfs.Pfs.SelectMany(pf => Open(All(pf), Family(), ConfigSpaceOwnership.Exclusive)).ToList();
        Assert.Equal(ThousandVfs.Count, vfs.Count);

        var usual = vfs.ConvertAll(static vf => vf.Cache.ReadUInt16(vf.Control));
        Disturb();
        AssertSame(vfs);
        vfs.ForEach(static vf => Assert.True(vf.Cache.IsCached(PciRegs.PCI_COMMAND) && vf.Cache.IsCached(vf.Control), vf.Cache.Subject));

        // The kernel's reset, which puts the registers back: the cache is told.
        foreach (var vf in Sample(vfs))
        {
            vf.Function.ResetMethods.Set(["flr"]);
            Reset(vf.Function);
            vf.Cache.Invalidate(ConfigSpaceEvent.FunctionReset);
            CachedBytes.AssertSame(vf.Cache, vf.Uncached);
        }

        // FLR by its own register, and the way to D3hot and back, are seen by the cache.
        vfs.ForEach(static vf => vf.Cache.WriteUInt16(vf.Control, (ushort)(vf.Cache.ReadUInt16(vf.Control) | InitiateFlr)));
        Thread.Sleep(s_reset);
        Assert.All(Sample(vfs), static vf => Assert.Equal(0, vf.Cache.ReadUInt16(PciRegs.PCI_COMMAND)));
        AssertSame(vfs);
        Disturb();
        vfs.ForEach(static vf => vf.Cache.WriteUInt16(vf.Power, (ushort)(vf.Cache.ReadUInt16(vf.Power) | 3)));
        Thread.Sleep(s_intoD3Hot);
        vfs.ForEach(static vf => Assert.True((vf.Uncached.ReadUInt16(vf.Power) & 3) == 3, vf.Cache.Subject));
        AssertSame(Sample(vfs));
        vfs.ForEach(static vf => vf.Cache.WriteUInt16(vf.Power, (ushort)(vf.Cache.ReadUInt16(vf.Power) & ~3)));
        Thread.Sleep(s_reset);
        AssertSame(vfs);

        foreach (var (vf, control) in vfs.Zip(usual))
        {
            vf.Cache.WriteUInt16(vf.Control, control);
            Assert.Empty(vf.Cache.Verify());
        }

        Sample(vfs).ForEach(static vf => vf.Cache.WriteUInt16(PciRegs.PCI_COMMAND, 0));

        // Written and cached. The emulator's FLR undoes Command, but a change of Bus Master takes it milliseconds.
        void Disturb()
        {
            vfs.ForEach(static vf => Set(vf, vf.Control, (ushort)(vf.Cache.ReadUInt16(vf.Control) ^ ErrorReporting)));
            Sample(vfs).ForEach(static vf => Set(vf, PciRegs.PCI_COMMAND, (ushort)PciCommand.BusMaster));
        }

        static void Set(Vf vf, int register, ushort value)
        {
            vf.Cache.WriteUInt16(register, value);
            Assert.Equal(value, vf.Cache.ReadUInt16(register));
        }
    }

    [SkippableFact]
    public void A_write_behind_the_back_does_what_the_documentation_says()
    {
        Skip.IfNot(File.Exists(SetPciPath), $"{SetPciPath} is not installed");

        // The same VFs twice: as anybody's, and as if nobody else wrote them.
        var vfs = _vfs.Pfs.SelectMany(pf => Open(Sample(All(pf)), Family(), ConfigSpaceOwnership.Shared)).ToList();
        var own = _vfs.Pfs.SelectMany(pf => Open(Sample(All(pf)), Family(), ConfigSpaceOwnership.Exclusive)).ToList();
        AssertSame(vfs);
        AssertSame(own);
        Assert.All(vfs, static vf => Assert.True(vf.Cache.IsCached(PciRegs.PCI_CLASS_REVISION) && !vf.Cache.IsCached(PciRegs.PCI_COMMAND)));
        Assert.All(own, static vf => Assert.True(vf.Cache.IsCached(PciRegs.PCI_CLASS_REVISION) && vf.Cache.IsCached(PciRegs.PCI_COMMAND)));

        // What is constant no write changes.
        SetEach($"{PciRegs.PCI_CLASS_REVISION:x}.l=12345678");
        AssertSame(vfs);
        AssertSame(own);

        // What is shared is read each time. What is ours is not, until it is looked for.
        SetEach($"COMMAND={(ushort)PciCommand.BusMaster:x4}");
        AssertFound(0, (ushort)PciCommand.BusMaster);

        // A reset is such a write too.
        SetEach($"CAP_EXP+{PciRegs.PCI_EXP_DEVCTL:x}.w={InitiateFlr:x4}:{InitiateFlr:x4}");
        Thread.Sleep(s_reset);
        AssertFound((ushort)PciCommand.BusMaster, 0);

        void SetEach(string what) => vfs.ForEach(vf => SetPci(vf, what));

        void AssertFound(ushort before, ushort now)
        {
            Assert.All(vfs, vf => Assert.Equal(now, vf.Uncached.ReadUInt16(PciRegs.PCI_COMMAND)));
            AssertSame(vfs);
            Assert.All(own, vf => Assert.Equal(before, vf.Cache.ReadUInt16(PciRegs.PCI_COMMAND)));
            Assert.All(own, vf => Assert.Contains(vf.Cache.Verify(), difference => (difference.Register, difference.Saved, difference.Found) == ("Command", before, now)));
            AssertSame(own);
        }
    }

    /// <summary>
    /// A counter in a register of 32 bits, its complement in the upper half: a value that is torn is no such number, and one that is older than the last write that had
    /// ended when the read began is stale.
    /// </summary>
    [SkippableFact]
    public void Eight_readers_never_see_a_torn_or_stale_value_while_others_write_reset_and_invalidate()
    {
        const int Register = PciRegs.PCI_BASE_ADDRESS_1;
        var function = _vfs.Single;
        new DriverBinding().Unbind(function);
        using var space = function.OpenConfigSpace(writable: true);
        var (command, address, nvme) = (space.ReadUInt16(PciRegs.PCI_COMMAND), space.ReadUInt32(Register), space.ReadUInt16(PciRegs.PCI_CLASS_DEVICE));
        var cache = new CachedConfigSpace(space, ConfigSpaceOwnership.Exclusive);
        var (written, resets) = (0, 0);
        try
        {
            // Nothing is decoded while the address is a counter. It is the upper half of BAR 0's.
            space.WriteUInt16(PciRegs.PCI_COMMAND, 0);
            cache.WriteUInt32(Register, Pattern(0));
            var reads = Race(_ => Read(), Mutate, number => cache.Invalidate(s_events[number % s_events.Length]));
            Assert.True(resets > 5, $"{resets} resets");
            Report($"{written} writes, {resets} resets, {reads} reads of two registers, {cache.DwordsRead} dwords from the device in all");
        }
        finally
        {
            space.WriteUInt32(Register, address);
            space.WriteUInt16(PciRegs.PCI_COMMAND, command);
        }

        void Read()
        {
            var least = Volatile.Read(ref written);
            var value = cache.ReadUInt32(Register);
            var number = (ushort)value;
            if (value != Pattern(number)) Assert.Fail($"0x{value:x8} was never written");
            if (number < least) Assert.Fail($"{number} is older than {least}");
            if (cache.ReadUInt16(PciRegs.PCI_CLASS_DEVICE) != nvme) Assert.Fail("the class was another one");
        }

        // The kernel saves the register before a reset and writes it back, and lets nobody read in between.
        void Mutate(int number)
        {
            cache.WriteUInt32(Register, Pattern(number));
            Volatile.Write(ref written, number);
            if (number % 40 != 0) return;
            Reset(function);
            cache.Invalidate(ConfigSpaceEvent.FunctionReset);
            resets++;
        }

        static uint Pattern(int number) => (ushort)number | ((uint)~number << 16);
    }

    /// <summary>
    /// No VF's register changes but for four bits of some, which count their writes: what is read of them is a number between the last write that had ended when the read
    /// began and the last that had begun when it ended.
    /// </summary>
    [SkippableFact]
    public void Eight_readers_of_all_VFs_never_see_another_value_while_what_they_share_is_taken_from_them()
    {
        const int HeaderAndCapabilities = 256;
        var pfs = _vfs.Pfs.Select(pf => new CachedConfigSpace(Keep(pf.OpenConfigSpace()))).ToList();
        var families = pfs.ConvertAll(pf => Keep(new VfConfigCaches(ConfigSpaceView.Raw, pf)));
        var vfs = _vfs.Pfs.Zip(families).SelectMany(pair => Open(All(pair.First), pair.Second, ConfigSpaceOwnership.Exclusive)).ToList();
        var expected = vfs.ConvertAll(static vf =>
        {
            var registers = new byte[HeaderAndCapabilities];
            vf.Uncached.Read(0, registers);
            return registers;
        });
        var counted = Sample(vfs);
        var usual = counted.ConvertAll(static vf => vf.Cache.ReadUInt16(vf.Control));
        var (begun, ended) = (new int[counted.Count], new int[counted.Count]);
        for (var i = 0; i < counted.Count; i++) Count(i, 0);

        var reads = Race(Read, Write, Invalidate);
        Report($"{ended.Sum()} writes, {reads} reads of two registers, {vfs.Sum(static vf => vf.Cache.DwordsRead)} dwords from the devices in all");
        Assert.All(ended, static count => Assert.True(count > 0));
        foreach (var (vf, control) in counted.Zip(usual))
        {
            vf.Cache.WriteUInt16(vf.Control, control);
            CachedBytes.AssertSame(vf.Cache, vf.Uncached);
            Assert.True(vf.Cache.SharesConstants);
        }

        void Count(int i, int number) => counted[i].Cache.WriteUInt16(counted[i].Control, (ushort)((usual[i] & ~ErrorReporting) | (number & ErrorReporting)));

        void Read(Random random)
        {
            var (one, offset) = (random.Next(vfs.Count), random.Next(HeaderAndCapabilities / sizeof(uint)) * sizeof(uint));
            if (offset != vfs[one].Control && vfs[one].Cache.ReadUInt32(offset) is var value && value != BitConverter.ToUInt32(expected[one], offset))
                Assert.Fail($"{vfs[one].Function.Address} 0x{offset:x}: 0x{value:x8}");

            var i = random.Next(counted.Count);
            var least = Volatile.Read(ref ended[i]);
            var number = counted[i].Cache.ReadUInt16(counted[i].Control);
            var most = Volatile.Read(ref begun[i]);
            if (((number - least) & ErrorReporting) > most - least) Assert.Fail($"{counted[i].Function.Address}: {number & ErrorReporting} is not between {least} and {most}");
        }

        void Write(int number)
        {
            var i = number % counted.Count;
            Volatile.Write(ref begun[i], begun[i] + 1);
            Count(i, begun[i]);
            Volatile.Write(ref ended[i], begun[i]);
        }

        // All that a family shares, as if VFs had been moved, by a reset of the PF that its cache is told of; or one VF's own.
        void Invalidate(int number)
        {
            if (number % 3 == 0) families[number % families.Count].Invalidate();
            else if (number % 3 == 1) pfs[number % pfs.Count].Invalidate(ConfigSpaceEvent.FunctionReset);
            else counted[number % counted.Count].Cache.Invalidate(s_events[number % s_events.Length]);
        }
    }

    /// <summary>Eight threads read, and one each does something else, until each kind was done often enough, however slow the guest is, or one failed.</summary>
    /// <returns>How often was read.</returns>
    private static int Race(Action<Random> read, Action<int> mutate, Action<int> invalidate)
    {
        const int Readers = 8;
        var (reads, mutations, invalidations) = (0, 0, 0);
        var failed = false;
        Assert.All(BlockingCalls.Run(Readers + 2, Readers + 2, Run), Assert.Null);
        return reads;

        void Run(int thread)
        {
            var random = new Random(thread);
            try
            {
                while (!Volatile.Read(ref failed) && (Volatile.Read(ref reads) < 10_000 || Volatile.Read(ref mutations) < 400 || Volatile.Read(ref invalidations) < 200))
                {
                    if (thread < Readers)
                    {
                        read(random);
                        Interlocked.Increment(ref reads);
                    }
                    else if (thread == Readers)
                    {
                        mutate(++mutations);
                    }
                    else
                    {
                        invalidate(++invalidations);
                        Thread.Sleep(1);
                    }
                }
            }
            catch
            {
                Volatile.Write(ref failed, true);
                throw;
            }
        }
    }

    private T Keep<T>(T one)
        where T : IDisposable
    {
        _open.Add(one);
        return one;
    }

    private VfConfigCaches Family() => Keep(new VfConfigCaches(ConfigSpaceView.Raw));

    private List<Vf> Open(IReadOnlyList<PciFunction> functions, VfConfigCaches family, ConfigSpaceOwnership ownership)
    {
        var vfs = functions.Select(function =>
        {
            var space = Keep(function.OpenConfigSpace(writable: true));
            return new Vf(function, family.Add(space, ownership), space);
        }).ToList();
        vfs.ForEach(static vf => Assert.True(vf.Cache.SharesConstants, vf.Cache.Subject));
        return vfs;
    }

    private static IReadOnlyList<PciFunction> All(PciFunction pf)
    {
        var vfs = pf.Sriov!.OpenVfs();
        Assert.Equal(ThousandVfs.OfPf, vfs.Count);
        return vfs;
    }

    private static List<T> Sample<T>(IEnumerable<T> vfs) => [.. vfs.Where(static (_, number) => s_sample.Contains(number % ThousandVfs.OfPf))];

    private static void AssertSame(List<Vf> vfs) => vfs.ForEach(static vf => CachedBytes.AssertSame(vf.Cache, vf.Uncached));

    private static void Report(FormattableString line) => Console.WriteLine($"  {line.ToString(CultureInfo.InvariantCulture)}");

    private static void Reset(PciFunction function) => File.WriteAllText($"{function.SysfsPath}/reset", "1");

    private static void SetPci(Vf vf, string what)
    {
        using var process = Process.Start(SetPciPath, ["-s", vf.Function.Address.ToString(), what]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private sealed record Vf(PciFunction Function, CachedConfigSpace Cache, SysfsConfigSpace Uncached)
    {
        /// <summary>Where Device Control is.</summary>
        internal int Control { get; } = Cache.Policy!.Capabilities.Find<PciExpressCapability>()!.Offset + PciRegs.PCI_EXP_DEVCTL;

        /// <summary>Where the power state is.</summary>
        internal int Power { get; } = Cache.Policy!.Capabilities.Find<PowerManagementCapability>()!.Offset + PciRegs.PCI_PM_CTRL;
    }
}
