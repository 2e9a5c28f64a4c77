using System.Text;
using Devices.LiveUpdate;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.LiveUpdate;

public sealed class KernelCommandLineTests
{
    private static readonly Gen<string> s_anyText =
        from length in Gen.Choose(0, 40)
        from characters in Gen.Elements(" \t\n\"=-_.,:ab0ä".ToCharArray()).ArrayOf(length)
        select new string(characters);

    private static readonly Gen<string> s_name =
        from first in Gen.Elements("abz_09.".ToCharArray())
        from length in Gen.Choose(0, 6)
        from rest in Gen.Elements("ab-_.09:,".ToCharArray()).ArrayOf(length)
        select first + new string(rest);

    private static readonly Gen<string> s_value =
        from length in Gen.Choose(0, 10)
        from characters in Gen.Elements("ab =-_.,:'0/".ToCharArray()).ArrayOf(length)
        select new string(characters);

    [Fact]
    public void Reads_every_text_as_the_kernel_does()
        => Prop.ForAll(s_anyText.ToArbitrary(), text =>
        {
            var parsed = KernelCommandLine.Parse(text);
            var (parameters, init) = ParseAsTheKernel(text);
            Assert.Equal(parameters, parsed.Parameters);
            Assert.Equal(init?.TrimEnd(), parsed.InitArguments);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void What_is_written_reads_back_the_same()
        => Prop.ForAll(s_anyText.ToArbitrary(), text =>
        {
            var parsed = KernelCommandLine.Parse(text);
            var again = KernelCommandLine.Parse(parsed.ToString());
            Assert.Equal(parsed.Parameters, again.Parameters);
            Assert.Equal(parsed.InitArguments, again.InitArguments);
            Assert.Equal(parsed.ToString(), again.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void What_is_set_is_what_the_kernel_gets()
        => Prop.ForAll(s_anyText.ToArbitrary(), s_name.ToArbitrary(), s_value.ToArbitrary(), (text, name, value) =>
        {
            var start = KernelCommandLine.Parse(text.Count(c => c == '"') % 2 == 0 ? text : text + '"');
            var changed = KernelCommandLine.Parse(start.With(name, value).ToString());
            Assert.Equal(value, changed.Get(name));
            Assert.Single(changed.GetAll(name));
            Assert.Equal(start.InitArguments, changed.InitArguments);
            Assert.Equal(start.Parameters.Where(p => !p.Is(name)), changed.Parameters.Where(p => !p.Is(name)));
            Assert.Equal(start.Without(name).ToString(), changed.Without(name).ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Nothing_is_put_behind_a_quote_that_is_never_closed()
    {
        var open = KernelCommandLine.Parse("a=1 b=\"c d");
        Assert.Equal("c d", open.Get("b"));
        Assert.Throws<InvalidOperationException>(() => open.With("kho", "on"));
        Assert.Throws<InvalidOperationException>(() => open.WithAppended("kho", "on"));
        Assert.Throws<InvalidOperationException>(() => open.WithInitArguments("x"));
        Assert.Equal("a=2 b=\"c d", open.With("a", "2").ToString());
        Assert.Equal("a=1 kho=on", open.Without("b").With("kho", "on").ToString());
    }

    [Theory]
    [InlineData("vfio-pci.ids=1:2", "vfio_pci.ids")]
    [InlineData("vfio_pci.ids=1:2", "vfio-pci.ids")]
    public void Dash_and_underscore_are_equal_in_names_only(string text, string name)
    {
        var line = KernelCommandLine.Parse(text);
        Assert.Equal("1:2", line.Get(name));
        Assert.Equal($"{name}=3:4", line.With(name, "3:4").ToString());
        Assert.Equal("", line.Without(name).ToString());
        Assert.False(line.Has(name.ToUpperInvariant()));
        Assert.Equal("a-b", KernelCommandLine.Parse("x=a-b").Get("x"));
    }

    [Fact]
    public void Of_repeated_parameters_the_last_counts_and_all_are_there()
    {
        var line = KernelCommandLine.Parse("console=tty0 kho=on console=ttyS0,115200 -- single kho=off");
        Assert.Equal("ttyS0,115200", line.Get("console"));
        Assert.Equal(["tty0", "ttyS0,115200"], line.GetAll("console"));
        Assert.Equal("single kho=off", line.InitArguments);
        Assert.Equal("on", line.Get("kho"));
        Assert.Equal("console=tty0 kho=on console=ttyS0,115200 console=hvc0 -- single kho=off", line.WithAppended("console", "hvc0").ToString());
        Assert.Equal("kho=on console=hvc0 -- single kho=off", line.With("console", "hvc0").ToString());
    }

    [Fact]
    public void Quotes_protect_blanks()
    {
        var line = KernelCommandLine.Parse("dyndbg=\"file a.c +p\" \"b=c d\" quiet");
        Assert.Equal("file a.c +p", line.Get("dyndbg"));
        Assert.Equal("c d", line.Get("b"));
        Assert.True(line.Has("quiet"));
        Assert.Null(line.Get("quiet"));
        Assert.Equal("dyndbg=\"file a.c +p\" \"b=c d\" quiet x=\"1 2\"", line.With("x", "1 2").ToString());
    }

    [Theory]
    [InlineData("kho=on", true)]
    [InlineData("kho=Y", true)]
    [InlineData("kho=1", true)]
    [InlineData("kho=off", false)]
    [InlineData("kho=on kho=0", false)]
    [InlineData("kho=on kho=perhaps", true)]
    [InlineData("kho", null)]
    [InlineData("kho=", null)]
    [InlineData("other=on", null)]
    public void A_switch_is_read_as_kstrtobool_reads_it(string text, bool? expected)
        => Assert.Equal(expected, KernelCommandLine.Parse(text).GetSwitch("kho"));

    [Fact]
    public void The_next_kernels_starts_from_the_running_ones()
    {
        var running = KernelCommandLine.Parse("BOOT_IMAGE=/boot/vmlinuz initrd=\\initrd root=/dev/sda1 ro kho=off intel_iommu=on pci=noaer -- x");
        Assert.Equal("root=/dev/sda1 ro kho=on intel_iommu=on pci=noaer liveupdate=on -- x", KernelCommandLine.ForNextKernel(running).ToString());
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("--", null)]
    [InlineData("a b", "x")]
    [InlineData("a=b", "x")]
    [InlineData("ä", "x")]
    [InlineData("a", "say \"x\"")]
    [InlineData("a", "line\nbreak")]
    [InlineData("a", "ä")]
    public void What_the_kernel_would_read_differently_cannot_be_set(string name, string? value)
        => Assert.Throws<ArgumentException>(() => KernelCommandLine.Empty.With(name, value));

    [Fact]
    public void NUL_is_refused()
    {
        Assert.Throws<ArgumentException>(() => KernelCommandLine.Parse("a\0b"));
        Assert.Throws<ArgumentException>(() => KernelCommandLine.Empty.WithInitArguments("a\0b"));
    }

    [Fact]
    public void Init_arguments_come_and_go()
    {
        Assert.Equal("a -- b c", KernelCommandLine.Parse("a").WithInitArguments(" b c ").ToString());
        Assert.Equal("a", KernelCommandLine.Parse("a -- b").WithInitArguments(null).ToString());
        Assert.Equal("--", KernelCommandLine.Empty.WithInitArguments("").ToString());
    }

    [Fact]
    public void The_running_kernels_is_read_from_proc()
    {
        var text = File.ReadAllText("/proc/cmdline").TrimEnd('\n');
        Assert.Equal(KernelCommandLine.Parse(text).ToString(), KernelCommandLine.ReadRunning().ToString());
    }

    [Fact]
    public void Vfio_ids_are_read_and_written()
    {
        var line = KernelCommandLine.Parse("vfio_pci.ids=8086:10c9,1b36:10:ffff:1,,10de:ffffffff:ffffffff:ffffffff:030000:ff0000");
        Assert.Equal([new(0x8086, 0x10c9), new(0x1b36, 0x10, 0xffff, 1), new(0x10de, VfioPciId.Any, VfioPciId.Any, VfioPciId.Any, 0x30000, 0xff0000)], line.VfioPciIds);
        Assert.Equal(
            "vfio-pci.ids=8086:10c9,1b36:0010:ffff:0001,10de:ffffffff:ffffffff:ffffffff:030000:ff0000",
            line.WithVfioPciIds([.. line.VfioPciIds, new VfioPciId(0x8086, 0x10c9)]).ToString());
        Assert.Equal("", line.WithVfioPciIds([]).ToString());
        Assert.Empty(KernelCommandLine.Empty.VfioPciIds);
        Assert.Throws<FormatException>(() => KernelCommandLine.Parse("vfio-pci.ids=8086").VfioPciIds);
        Assert.Throws<FormatException>(() => KernelCommandLine.Parse("vfio-pci.ids=8086:zz").VfioPciIds);
    }

    [Fact]
    public void A_list_longer_than_vfio_pcis_buffer_is_refused()
    {
        Assert.NotNull(KernelCommandLine.Empty.WithVfioPciIds(from i in Enumerable.Range(0, 102) select new VfioPciId(0x8086, (uint)i)));
        Assert.Throws<ArgumentException>(() => KernelCommandLine.Empty.WithVfioPciIds(from i in Enumerable.Range(0, 103) select new VfioPciId(0x8086, (uint)i)));
    }

    [Fact]
    public void Vfio_takes_a_device_by_ids_subsystem_and_class()
    {
        Assert.True(new VfioPciId(0x1b36, 0x10).Matches(0x1b36, 0x10, 0x1af4, 0x1100, 0x010802));
        Assert.False(new VfioPciId(0x1b36, 0x10).Matches(0x1b36, 0x11, 0x1af4, 0x1100, 0x010802));
        Assert.False(new VfioPciId(0x1b36, 0x10, 0x8086).Matches(0x1b36, 0x10, 0x1af4, 0x1100, 0x010802));
        Assert.True(new VfioPciId(VfioPciId.Any, VfioPciId.Any, Class: 0x010800, ClassMask: 0xffff00).Matches(1, 2, 3, 4, 0x010802));
        Assert.False(new VfioPciId(VfioPciId.Any, VfioPciId.Any, Class: 0x010800, ClassMask: 0xffff00).Matches(1, 2, 3, 4, 0x020000));
    }

    // parse_args (kernel/params.c) and next_arg (lib/cmdline.c) carried over line by line, with their pointers and the NULs they write.
    private static (List<KernelParameter> Parameters, string? Init) ParseAsTheKernel(string text)
    {
        var args = (text + '\0').ToCharArray();
        var parameters = new List<KernelParameter>();
        var position = SkipSpaces(args, 0);
        while (args[position] != '\0')
        {
            position = NextArg(args, position, out var param, out var val);
            if (val < 0 && TextAt(args, param) == "--")
                return (parameters, TextAt(args, position));
            parameters.Add(new KernelParameter(TextAt(args, param), val < 0 ? null : TextAt(args, val)));
        }
        return (parameters, null);
    }

    private static int NextArg(char[] buffer, int args, out int param, out int val)
    {
        int i, equals = 0;
        bool inQuote = false, quoted = false;
        if (buffer[args] == '"')
        {
            args++;
            inQuote = true;
            quoted = true;
        }
        for (i = 0; buffer[args + i] != '\0'; i++)
        {
            if (IsSpace(buffer[args + i]) && !inQuote)
                break;
            if (equals == 0 && buffer[args + i] == '=')
                equals = i;
            if (buffer[args + i] == '"')
                inQuote = !inQuote;
        }
        param = args;
        if (equals == 0)
        {
            val = -1;
        }
        else
        {
            buffer[args + equals] = '\0';
            val = args + equals + 1;
            if (buffer[val] == '"')
            {
                val++;
                if (buffer[args + i - 1] == '"')
                    buffer[args + i - 1] = '\0';
            }
        }
        if (quoted && i > 0 && buffer[args + i - 1] == '"')
            buffer[args + i - 1] = '\0';
        if (buffer[args + i] != '\0')
        {
            buffer[args + i] = '\0';
            args += i + 1;
        }
        else
        {
            args += i;
        }
        return SkipSpaces(buffer, args);
    }

    private static int SkipSpaces(char[] buffer, int position)
    {
        while (IsSpace(buffer[position]))
            position++;
        return position;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\v' or '\f' or '\r';

    private static string TextAt(char[] buffer, int position)
    {
        var text = new StringBuilder();
        for (; buffer[position] != '\0'; position++)
            text.Append(buffer[position]);
        return text.ToString();
    }
}
