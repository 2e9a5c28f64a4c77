using System.Globalization;
using Devices.Pci;

namespace Devices.Tests.Pci;

public sealed class PciNamesTests
{
    private const string Text = """
        # Date:    2023-04-11
        #	not a device

        1b36  Red Hat, Inc.
        	0001  QEMU PCI-PCI bridge
        	0010  QEMU NVM Express Controller
        		1af4 1100  QEMU Virtual Machine
        # a comment among devices
        	0011  QEMU PVPanic device
        8086  Intel Corporation
        	10ca  82576 Virtual Function
        ffff  Illegal Vendor ID
        C 01  Mass storage controller
        	08  Non-Volatile memory controller
        		02  NVM Express
        """;

    private readonly PciNames _names = PciNames.Parse(Text);

    [Theory]
    [InlineData("1b36", "Red Hat, Inc.")]
    [InlineData("8086", "Intel Corporation")]
    [InlineData("ffff", "Illegal Vendor ID")]
    [InlineData("1af4", null)]
    [InlineData("0008", null)]
    public void Vendors(string id, string? name) => Assert.Equal(name, _names.Vendor(Id(id)));

    [Theory]
    [InlineData("1b36", "0001", "QEMU PCI-PCI bridge")]
    [InlineData("1b36", "0011", "QEMU PVPanic device")]
    [InlineData("8086", "10ca", "82576 Virtual Function")]
    [InlineData("8086", "0010", null)]
    [InlineData("1b36", "1af4", null)]
    [InlineData("1b36", "10ca", null)]
    [InlineData("ffff", "0008", null)]
    [InlineData("dead", "0001", null)]
    public void Devices(string vendor, string device, string? name) => Assert.Equal(name, _names.Device(Id(vendor), Id(device)));

    [Fact]
    public void Without_a_file_there_are_no_names()
    {
        Assert.Null(PciNames.Parse(string.Empty).Vendor(0x8086));
        Assert.Null(PciNames.Parse(string.Empty).Device(0x8086, 0x10CA));
    }

    [SkippableFact]
    public void The_systems_own_file_is_read_whole()
    {
        const string Path = "/usr/share/misc/pci.ids";
        Skip.IfNot(File.Exists(Path), $"{Path} is not installed");
        ushort vendor = 0;
        var devices = 0;
        foreach (var line in File.ReadLines(Path).TakeWhile(static line => !line.StartsWith("C ", StringComparison.Ordinal)))
        {
            if (line.Length < 7 || line[0] == '#')
                continue;
            if (line[0] != '\t')
            {
                vendor = Id(line[..4]);
                Assert.Equal(line[6..].Trim(), PciNames.System.Vendor(vendor));
            }
            else if (line[1] != '\t')
            {
                Assert.Equal(line[7..].Trim(), PciNames.System.Device(vendor, Id(line[1..5])));
                devices++;
            }
        }

        Assert.True(devices > 1000, $"only {devices} devices");
    }

    private static ushort Id(string text) => ushort.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
