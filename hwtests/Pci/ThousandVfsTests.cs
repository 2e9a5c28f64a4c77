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
    private const string SetPci = "/usr/bin/setpci";
    private const int Sample = 13;

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
        foreach (var pf in _vfs.Pfs)
        {
            using var family = new VfConfigCaches(ConfigSpaceView.Raw);
            AssertWhole(pf, family);
        }

        // The caches are told, as docs/config-cache.md wants; the files are those of other VFs then.
        var again = _vfs.Pfs[^1];
        using var caches = new VfConfigCaches(ConfigSpaceView.Raw);
        var before = AssertWhole(again, caches);
        again.Sriov!.Disable();
        Assert.All(before, static vf => Assert.Throws<LinuxException>(() => vf.Cache.ReadUInt16(PciRegs.PCI_COMMAND)));
        caches.Invalidate();
        Assert.All(before, static vf => Assert.False(vf.Cache.IsCached(PciRegs.PCI_CLASS_REVISION)));
        before.ForEach(vf => caches.Remove(vf.Cache));
        ThousandVfs.Enable(again);
        AssertWhole(again, caches);
    }

    [SkippableFact]
    public void Resets_and_power_states_leave_no_stale_byte()
    {
        foreach (var (cache, uncached, function) in OpenSample(ConfigSpaceOwnership.Exclusive))
        {
            var layout = cache.Policy!.Capabilities;
            var power = layout.Find<PowerManagementCapability>()!.Offset + PciRegs.PCI_PM_CTRL;
            var control = layout.Find<PciExpressCapability>()!.Offset + PciRegs.PCI_EXP_DEVCTL;
            AssertSame(cache, uncached);

            // Something for the reset to undo: it is cached, and the reset is the kernel's.
            var usual = cache.ReadUInt16(control);
            cache.WriteUInt16(control, (ushort)(usual ^ 0x000F));
            cache.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)PciCommand.BusMaster);
            Assert.NotEqual(usual, cache.ReadUInt16(control));
            Assert.True(cache.IsCached(control));
            AssertSame(cache, uncached);
            function.ResetMethods.Set(["flr"]);
            File.WriteAllText($"{function.SysfsPath}/reset", "1");
            cache.Invalidate(ConfigSpaceEvent.FunctionReset);
            AssertSame(cache, uncached);

            // FLR by its own register, and the way to D3hot and back, are resets that the cache sees.
            cache.WriteUInt16(control, (ushort)(cache.ReadUInt16(control) | 0x8000));
            Thread.Sleep(110);
            AssertSame(cache, uncached);
            cache.WriteUInt16(power, (ushort)(cache.ReadUInt16(power) | 3));
            Thread.Sleep(20);
            Assert.Equal(3, uncached.ReadUInt16(power) & 3);
            AssertSame(cache, uncached);
            cache.WriteUInt16(power, (ushort)(cache.ReadUInt16(power) & ~3));
            Thread.Sleep(110);
            AssertSame(cache, uncached);
            cache.WriteUInt16(control, usual);
            cache.WriteUInt16(PciRegs.PCI_COMMAND, 0);
            AssertSame(cache, uncached);
            Assert.Empty(cache.Verify());
        }
    }

    [SkippableFact]
    public void A_write_behind_the_back_does_what_the_documentation_says()
    {
        Skip.IfNot(File.Exists(SetPci), $"{SetPci} is not installed");
        var shared = OpenSample(ConfigSpaceOwnership.Shared);
        foreach (var (index, (owned, uncached, function)) in OpenSample(ConfigSpaceOwnership.Exclusive).Index())
        {
            var cache = shared[index].Cache;
            AssertSame(cache, uncached);
            AssertSame(owned, uncached);
            var before = uncached.ReadUInt16(PciRegs.PCI_COMMAND);
            Assert.True(cache.IsCached(PciRegs.PCI_CLASS_REVISION) && !cache.IsCached(PciRegs.PCI_COMMAND) && owned.IsCached(PciRegs.PCI_COMMAND));

            // What is constant no write changes.
            Write(function, "CLASS_REVISION.l=12345678");
            AssertSame(cache, uncached);
            Assert.Empty(cache.Verify());

            // What is volatile is seen at once; what is kept of a device that is ours is not, until it is looked for.
            var other = (ushort)(before ^ (ushort)PciCommand.BusMaster);
            Write(function, $"COMMAND={other:x4}");
            Assert.Equal(other, uncached.ReadUInt16(PciRegs.PCI_COMMAND));
            Assert.Equal(other, cache.ReadUInt16(PciRegs.PCI_COMMAND));
            AssertSame(cache, uncached);
            Assert.Equal(before, owned.ReadUInt16(PciRegs.PCI_COMMAND));
            var difference = Assert.Single(owned.Verify());
            Assert.Equal(("Command", (uint)before, (uint)other), (difference.Register, difference.Saved, difference.Found));
            AssertSame(owned, uncached);
            Write(function, $"COMMAND={before:x4}");
        }
    }

    /// <summary>
    /// A counter in a register of 32 bits, its complement in the upper half: a value that is torn is no such number, and one that is older than the last write that had
    /// ended when the read began is stale.
    /// </summary>
    [SkippableFact]
    public void Eight_readers_never_see_a_torn_or_stale_value_while_others_write_reset_and_invalidate()
    {
        const int Readers = 8;
        const int Register = PciRegs.PCI_BASE_ADDRESS_1;
        var function = _vfs.Single;
        new DriverBinding().Unbind(function);
        using var space = function.OpenConfigSpace(writable: true);
        var (command, address) = (space.ReadUInt16(PciRegs.PCI_COMMAND), space.ReadUInt32(Register));
        var cache = new CachedConfigSpace(space, ConfigSpaceOwnership.Exclusive);
        var isOver = false;
        var written = 0;
        long reads = 0;
        var resets = 0;
        try
        {
            // Nothing is decoded while the address is a counter. It is the upper half of BAR 0's.
            space.WriteUInt16(PciRegs.PCI_COMMAND, 0);
            cache.WriteUInt32(Register, Pattern(0));
            var threads = Enumerable.Range(0, Readers).Select(_ => (Action)Read).Append(Mutate).Append(Invalidate).ToList();
            Assert.All(BlockingCalls.Run(threads.Count, threads.Count, i => Guarded(threads[i])), Assert.Null);
        }
        finally
        {
            space.WriteUInt32(Register, address);
            space.WriteUInt16(PciRegs.PCI_COMMAND, command);
        }

        Assert.True(written > 50 && resets > 3 && reads > 10_000, $"{written} writes, {resets} resets and {reads} reads");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {written} writes, {resets} resets, {reads} reads of which {cache.DwordsRead} went to the device"));

        void Guarded(Action action)
        {
            try
            {
                action();
            }
            finally
            {
                Volatile.Write(ref isOver, true);
            }
        }

        void Read()
        {
            var newest = 0;
            var count = 0L;
            for (; !Volatile.Read(ref isOver); count++)
            {
                var least = Math.Max(newest, Volatile.Read(ref written));
                var value = cache.ReadUInt32(Register);
                newest = (ushort)value;
                Assert.True(value == Pattern(newest), $"0x{value:x8} was never written");
                Assert.True(newest >= least, $"{newest} is older than {least}");
                Assert.Equal(0x0108, cache.ReadUInt16(PciRegs.PCI_CLASS_DEVICE));
            }

            Interlocked.Add(ref reads, count);
        }

        // The kernel saves the register before a reset and writes it back, and lets nobody read in between.
        void Mutate()
        {
            var watch = Stopwatch.StartNew();
            for (var number = 1; number < ushort.MaxValue && watch.Elapsed < TimeSpan.FromSeconds(6) && !Volatile.Read(ref isOver); number++)
            {
                cache.WriteUInt32(Register, Pattern(number));
                Volatile.Write(ref written, number);
                if (number % 40 != 0) continue;
                File.WriteAllText($"{function.SysfsPath}/reset", "1");
                cache.Invalidate(ConfigSpaceEvent.FunctionReset);
                resets++;
            }
        }

        void Invalidate()
        {
            ConfigSpaceEvent[] events = [ConfigSpaceEvent.FunctionReset, ConfigSpaceEvent.HotReset, ConfigSpaceEvent.PowerStateChanged, ConfigSpaceEvent.InterruptsSet, ConfigSpaceEvent.Replaced];
            for (var i = 0; !Volatile.Read(ref isOver); i++)
            {
                cache.Invalidate(events[i % events.Length]);
                Thread.Sleep(1);
            }
        }

        static uint Pattern(int number) => (uint)number | ((uint)~number << 16);
    }

    private List<(CachedConfigSpace Cache, SysfsConfigSpace Uncached)> AssertWhole(PciFunction pf, VfConfigCaches family)
    {
        var caches = new List<(CachedConfigSpace Cache, SysfsConfigSpace Uncached)>();
        foreach (var vf in pf.Sriov!.Layout.Addresses)
        {
            var space = SysfsConfigSpace.TryOpen(SysfsTree.System, vf)!;
            _open.Add(space);
            var cache = family.Add(space);
            caches.Add((cache, space));
            AssertSame(cache, space);
            Assert.True(cache.SharesConstants);
        }

        Assert.Equal(pf.Sriov.TotalVfs, caches.Count);
        return caches;
    }

    // Once through the cache as it is, and once the constants, which are cached then, by themselves.
    private static void AssertSame(CachedConfigSpace cache, SysfsConfigSpace uncached)
    {
        var (expected, read) = (new byte[uncached.Length], new byte[cache.Length]);
        cache.Read(0, read);
        uncached.Read(0, expected);
        Assert.Equal(expected, read);
        for (var offset = 0; offset < read.Length; offset++)
        {
            if (cache.IsCached(offset)) Assert.Equal(expected[offset], cache.ReadByte(offset));
        }
    }

    private List<(CachedConfigSpace Cache, SysfsConfigSpace Uncached, PciFunction Function)> OpenSample(ConfigSpaceOwnership ownership)
    {
        var sample = new List<(CachedConfigSpace, SysfsConfigSpace, PciFunction)>();
        foreach (var pf in _vfs.Pfs)
        {
            var family = new VfConfigCaches(ConfigSpaceView.Raw);
            _open.Add(family);
            foreach (var number in (int[])[0, Sample])
            {
                var function = PciFunction.Open(pf.Sriov!.Layout[number]);
                var space = function.OpenConfigSpace(writable: true);
                _open.Add(space);
                sample.Add((family.Add(space, ownership), space, function));
            }
        }

        return sample;
    }

    private static void Write(PciFunction function, string what)
    {
        using var process = Process.Start(SetPci, ["-s", function.Address.ToString(), what]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
