using Devices.Linux;
using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>What is checked before and after the kernel acts; that it acts is proved on a real one.</summary>
public sealed class DriverBindingTests : IDisposable
{
    private const string Address = "0000:01:00.0";

    private readonly FakeSysfs _sysfs = new();
    private readonly PciFunction _function;

    public DriverBindingTests()
    {
        _sysfs.Add(Address);
        _function = _sysfs.Open(Address);
    }

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void A_driver_that_is_not_loaded_is_refused_before_anything_is_written()
    {
        var failure = Assert.Throws<LinuxException>(() => new DriverBinding().Bind(_function, "vfio-pci"));
        Assert.Equal(Errno.ENOENT, failure.Errno);
        Assert.Contains(Address, failure.Message, StringComparison.Ordinal);
        Assert.Contains("modprobe vfio-pci", failure.Remedy, StringComparison.Ordinal);
        Assert.Equal("(null)\n", _sysfs.Get(Address, "driver_override"));
    }

    [Fact]
    public void A_probe_that_binds_nothing_is_an_error_and_the_override_goes_back()
    {
        _sysfs.AddDriver("vfio-pci");
        _sysfs.Set(Address, "driver_override", "mine");
        var failure = Assert.Throws<LinuxException>(() => new DriverBinding().Bind(_function, "vfio-pci"));
        Assert.Equal(Errno.ENODEV, failure.Errno);
        Assert.Contains("no driver", failure.Message, StringComparison.Ordinal);

        // A plain file keeps what a longer write left behind; sysfs does not.
        Assert.StartsWith("mine", _sysfs.Get(Address, "driver_override"), StringComparison.Ordinal);
        Assert.Equal(Address, _sysfs.GetGlobal("bus/pci/drivers_probe"));
    }

    [Fact]
    public void Binding_to_the_driver_it_has_only_pins_it_there()
    {
        _sysfs.AddDriver("vfio-pci");
        _sysfs.Link(Address, "driver", "bus/pci/drivers/vfio-pci");
        _sysfs.Set(Address, "driver_override", string.Empty);
        new DriverBinding().Bind(_function, "vfio-pci");
        Assert.Equal("vfio-pci", _function.DriverOverride);
        Assert.Equal(string.Empty, _sysfs.GetGlobal("bus/pci/drivers_probe"));
    }

    [Fact]
    public void An_unbind_that_leaves_the_driver_is_an_error()
    {
        _sysfs.AddDriver("nvme");
        _sysfs.Link(Address, "driver", "bus/pci/drivers/nvme");
        var failure = Assert.Throws<LinuxException>(() => new DriverBinding().Unbind(_function));
        Assert.Equal(Errno.EBUSY, failure.Errno);
        Assert.Equal(Address, _sysfs.GetGlobal("bus/pci/drivers/nvme/unbind"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vfio pci")]
    [InlineData("../nvme")]
    [InlineData("..")]
    public void A_name_that_is_none_is_refused(string driver) => Assert.ThrowsAny<ArgumentException>(() => new DriverBinding().Bind(_function, driver));

    [Fact]
    public void Without_the_file_there_is_no_reset_method_and_nothing_to_clear()
    {
        Assert.False(_function.ResetMethods.HasFile);
        Assert.True(_function.ResetMethods.IsCleared);
        _function.ResetMethods.Clear();
        _function.ResetMethods.RestoreDefault();
        Assert.False(_function.ResetMethods.HasFile);
    }

    [Fact]
    public void Reset_methods_are_listed_in_order_and_unknown_names_refused()
    {
        _sysfs.Set(Address, "reset_method", "flr bus");
        Assert.Equal(["flr", "bus"], _function.ResetMethods.Current);
        Assert.False(_function.ResetMethods.IsCleared);
        Assert.Contains("kick", Assert.Throws<ArgumentException>(() => _function.ResetMethods.Set(["flr", "kick"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _function.ResetMethods.Set([]));
        _function.ResetMethods.Set(["bus", "flr"]);
        Assert.Equal(["bus", "flr"], _function.ResetMethods.Current);
    }

    [Fact]
    public void Clearing_that_leaves_methods_is_an_error()
    {
        // The plain file keeps all but the newline's byte, as a kernel would that ignored the write.
        _sysfs.Set(Address, "reset_method", "flr bus");
        Assert.Throws<LinuxException>(() => _function.ResetMethods.Clear());
        _sysfs.Set(Address, "reset_method", string.Empty);
        _function.ResetMethods.Clear();
        Assert.True(_function.ResetMethods.IsCleared);
    }
}
