using System.Diagnostics;
using System.Globalization;
using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>Names of registers on a command line.</summary>
public sealed class RegisterReferenceTests
{
    private const string Setpci = "/usr/bin/setpci";

    private static ConfigSpaceDump Nvme => Own("qemu-nvme-sriov");

    [Theory]
    [InlineData("COMMAND", 0x04, 2, "Command")]
    [InlineData("pci_command", 0x04, 2, "Command")]
    [InlineData("BASE_ADDRESS_0", 0x10, 4, "BAR 0")]
    [InlineData("REVISION", 0x08, 1, "REVISION")]
    [InlineData("COMMAND.l", 0x04, 4, "COMMAND.l")]
    [InlineData("COMMAND+2", 0x06, 2, "Status")]
    [InlineData("10.l", 0x10, 4, "BAR 0")]
    [InlineData("0x10.W", 0x10, 2, "0x10.W")]
    [InlineData("10", 0x10, 4, "BAR 0")]
    [InlineData("0x3c", 0x3c, 1, "Interrupt Line")]
    [InlineData("CAP_EXP+8", 0x88, 2, "PCI Express: Device Control")]
    [InlineData("CAP_EXP+0x10", 0x90, 2, "PCI Express: Link Control")]
    [InlineData("cap10+8.w", 0x88, 2, "PCI Express: Device Control")]
    [InlineData("EXP_DEVCTL", 0x88, 2, "PCI Express: Device Control")]
    [InlineData("PCI_EXP_DEVCTL", 0x88, 2, "PCI Express: Device Control")]
    [InlineData("ECAP_SRIOV+10", 0x130, 2, "Single Root I/O Virtualization (SR-IOV): NumVFs")]
    [InlineData("ECAP0010@0+10", 0x130, 2, "Single Root I/O Virtualization (SR-IOV): NumVFs")]
    [InlineData("SRIOV_NUM_VF", 0x130, 2, "Single Root I/O Virtualization (SR-IOV): NumVFs")]
    [InlineData("PCI Express: Device Control", 0x88, 2, "PCI Express: Device Control")]
    [InlineData("msi-x: message control", 0x42, 2, "MSI-X: Message Control")]
    [InlineData("BAR 1", 0x14, 4, "BAR 1")]
    [InlineData("100", 0x100, 4, "Alternative Routing-ID Interpretation (ARI): Capability Header")]
    public void A_name_is_found_in_a_device(string text, int offset, int width, string name)
    {
        Assert.True(RegisterReference.TryParse(text, out var reference));
        var register = reference.Resolve(Nvme);
        Assert.Equal((offset, width, name), (register.Offset, register.Width, register.Name));
        Assert.Equal(offset >= 0x40, register.Capability is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("FOO")]
    [InlineData("COMMAND.q")]
    [InlineData("COMMAND@1")]
    [InlineData("CAP_")]
    [InlineData("CAP_EXP+zz")]
    [InlineData("CAP_EXP+")]
    [InlineData("10000")]
    [InlineData("+10")]
    [InlineData(null)]
    public void What_names_nothing_is_refused(string? text) => Assert.False(RegisterReference.TryParse(text, out _));

    [Theory]
    [InlineData("CAP_AGP", "has no capability AGP")]
    [InlineData("CAP_EXP@1", "has no 2. capability PCI Express")]
    [InlineData("BAR 9", "has no register 'BAR 9'")]
    [InlineData("5.w", "must be a multiple of 2")]
    [InlineData("ff.l", "must be a multiple of 4")]
    [InlineData("1000.b", "are not within the 4096 bytes")]
    public void What_the_device_does_not_have_is_named(string text, string reason)
    {
        Assert.True(RegisterReference.TryParse(text, out var reference));
        Assert.Contains(reason, Assert.ThrowsAny<ArgumentException>(() => reference.Resolve(Nvme)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_register_is_found_in_the_layout_alone()
    {
        var layout = ConfigSpacePolicy.Read(Nvme, ConfigSpaceOwnership.Exclusive).ToSnapshot("layout");
        Assert.All(RegisterReference.KnownNames, name =>
        {
            Assert.True(RegisterReference.TryParse(name, out var reference));
            if (Resolved(reference, Nvme) is { } register)
                Assert.Equal((register.Offset, register.Width, register.Name), (Resolved(reference, layout)!.Value.Offset, Resolved(reference, layout)!.Value.Width, Resolved(reference, layout)!.Value.Name));
        });
    }

    /// <summary>The installed setpci's own list of names, offsets and widths.</summary>
    [SkippableFact]
    public void All_names_of_setpci_mean_the_same()
    {
        Skip.IfNot(File.Exists(Setpci), $"{Setpci} is not installed");
        using var setpci = Process.Start(new ProcessStartInfo(Setpci, ["--dumpregs"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = setpci.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.True(lines.Length > 100, "setpci listed nothing");
        foreach (var line in lines)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var name = fields[^1];
            if (fields.Length == 3)
            {
                Assert.True(RegisterNames.Header.TryGetValue(name, out var register), name);
                Assert.Equal((Hex(fields[0]), fields[1] switch { "B" => 1, "W" => 2, _ => 4 }), register);
            }
            else
            {
                Assert.True(RegisterNames.Capabilities.TryGetValue(name, out var capability), name);
                Assert.Equal(((ushort)Hex(fields[0]), fields[0].Length == 4), capability);
            }
        }
    }

    [Fact]
    public void A_value_has_as_many_bytes_as_its_register()
    {
        var command = new ConfigRegister(4, 2, "Command", null);
        Assert.Equal([0x06, 0x04], command.BytesOf(0x0406));
        Assert.Equal("0x0406", command.Format(0x0406));
        Assert.Throws<ArgumentOutOfRangeException>(() => command.BytesOf(0x10000));
        Assert.Equal([0xff, 0xff, 0xff, 0xff], new ConfigRegister(0x10, 4, "BAR 0", null).BytesOf(uint.MaxValue));
    }

    [Theory]
    [InlineData("EXP_DEVCTL", 0x8000u, "Reset")]
    [InlineData("EXP_DEVCTL", 0x2000u, "")]
    [InlineData("COMMAND", 4u, "Bars")]
    [InlineData("PM_CTRL", 3u, "Reset")]
    [InlineData("MSIX_FLAGS", 0x8000u, "Interrupts")]
    [InlineData("SRIOV_NUM_VF", 2u, "VirtualFunctions")]
    [InlineData("BASE_ADDRESS_0", 0u, "")]
    [InlineData("200.l", 0u, "Unknown")]
    public void The_tables_tell_what_a_write_changes_besides(string text, uint value, string effects)
    {
        var policy = ConfigSpacePolicy.Read(Nvme, ConfigSpaceOwnership.Exclusive);
        Assert.True(RegisterReference.TryParse(text, out var reference));
        var register = reference.Resolve(policy.ToSnapshot("layout"));
        Assert.Equal(effects, string.Join(' ', policy.EffectsOfWrite(register.Offset, register.BytesOf(value))));
    }

    [Fact]
    public void A_registers_policy_is_that_of_its_least_byte()
    {
        var policy = ConfigSpacePolicy.Read(Nvme, ConfigSpaceOwnership.Exclusive);
        Assert.Equal(RegisterPolicy.Constant, policy.Of(new ConfigRegister(0, 4, "ids", null)));
        Assert.Equal(RegisterPolicy.Volatile, policy.Of(new ConfigRegister(4, 4, "Command and Status", null)));
        Assert.Equal(RegisterPolicy.UntilWritten, policy.Of(new ConfigRegister(4, 2, "Command", null)));
        Assert.Equal(RegisterPolicy.UntilReset, policy.Of(new ConfigRegister(0x84, 4, "Device Capabilities", null)));
    }

    [Theory]
    [InlineData(ConfigSpaceView.Raw)]
    [InlineData(ConfigSpaceView.Vfio)]
    [InlineData(ConfigSpaceView.Logical)]
    public void A_dump_keeps_its_view(ConfigSpaceView view)
    {
        var snapshot = ConfigSpaceSnapshot.FromBytes(Nvme.Snapshot.Bytes.Span, "x", view);
        var read = Assert.Single(ConfigSpaceDump.Parse(ConfigSpaceDump.Format(Nvme.Address, snapshot)));
        Assert.Equal(view, read.View);
        Assert.Equal(snapshot, read.Snapshot);
    }

    private static ConfigRegister? Resolved(RegisterReference reference, IPciConfigSpace space)
    {
        try
        {
            return reference.Resolve(space);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static ConfigSpaceDump Own(string name) => ConfigSpaceDump.Load(ConfigDumps.Own.Single(file => Path.GetFileName(file) == name))[0];
}
