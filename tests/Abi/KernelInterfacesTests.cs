using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Vfio;

namespace Devices.Tests.Abi;

/// <summary>Every ioctl says which Linux brought it, and a kernel without it is named where a call fails.</summary>
public sealed class KernelInterfacesTests
{
    private static readonly KernelInterfaces[] s_tables = [VfioInterfaces.All, IommufdInterfaces.All, LiveUpdateInterfaces.All];

    [Fact]
    public void Every_ioctl_with_a_struct_is_in_a_table()
    {
        var known = s_tables.SelectMany(static table => table).Select(static each => each.Name).ToHashSet(StringComparer.Ordinal);
        // Watchdogs are older than any Linux that the toolkit runs on.
        Assert.Equal([], KernelNames.Ioctls.Select(KernelNames.NameOf).Where(static name => !name.StartsWith("WDIOC_", StringComparison.Ordinal)).Except(known));
    }

    [Fact]
    public void Every_feature_is_in_the_table()
        => Assert.All(Enum.GetValues<VfioFeature>(), static feature => Assert.StartsWith("VFIO_DEVICE_FEATURE_", VfioInterfaces.Of(feature).Name, StringComparison.Ordinal));

    [Fact]
    public void Tables_are_in_order_of_age()
        => Assert.All(s_tables, static table => Assert.Equal(table.Select(static each => each.Since).Order(), table.Select(static each => each.Since)));

    [Theory]
    [InlineData("IOMMU_IOAS_MAP_FILE", Errno.ENOTTY, "6.12.48-amd64", "6.13")]
    [InlineData("IOMMU_VEVENTQ_ALLOC", Errno.ENOTTY, "6.14.0", "6.15")]
    [InlineData("open", Errno.ENOENT, "6.1.0", "6.2")]
    [InlineData("IOMMU_IOAS_MAP_FILE", Errno.ENOTTY, "6.13.0", null)]
    [InlineData("IOMMU_IOAS_MAP_FILE", Errno.EINVAL, "6.12.48", null)]
    [InlineData("open", Errno.ENOENT, "6.2.0", null)]
    [InlineData("open", Errno.EACCES, "6.1.0", null)]
    public void Iommufd_names_the_linux_that_a_call_needs(string call, Errno errno, string release, string? needs)
        => Needs(needs, IommufdIoctl.Failure(errno, call, "it", KernelRelease.Parse(release)));

    [Theory]
    [InlineData("VFIO_DEVICE_FEATURE_DMA_BUF", "it", Errno.ENOTTY, "6.18.0", "6.19")]
    [InlineData("VFIO_DEVICE_FEATURE_DMA_BUF", "it", Errno.ENOTTY, "6.19.0", null)]
    [InlineData("VFIO_DEVICE_FEATURE_DMA_BUF", "it", Errno.EINVAL, "6.18.0", null)]
    [InlineData("VFIO_MIG_GET_PRECOPY_INFO", "it", Errno.ENOTTY, "6.1.0", "6.2")]
    [InlineData("open", "/dev/vfio/devices/vfio0 (0000:01:00.0)", Errno.ENOENT, "6.5.0", "6.6")]
    [InlineData("open", "/dev/vfio/7 (0000:01:00.0)", Errno.ENOENT, "6.5.0", null)]
    public void Vfio_names_the_linux_that_a_call_needs(string call, string subject, Errno errno, string release, string? needs)
        => Needs(needs, VfioIoctl.Failure(errno, call, subject, running: KernelRelease.Parse(release)));

    [Theory]
    [InlineData("VFIO_DEVICE_ATTACH_PASID", Errno.EINVAL, "6.14.0", "6.15")]
    [InlineData("VFIO_DEVICE_BIND_FLAG_TOKEN", Errno.EINVAL, "6.16.0", "6.17")]
    [InlineData("VFIO_DEVICE_ATTACH_PASID", Errno.EINVAL, "6.15.0", null)]
    [InlineData("VFIO_DEVICE_ATTACH_PASID", Errno.EBUSY, "6.14.0", null)]
    [InlineData(null, Errno.EINVAL, "6.14.0", null)]
    public void Vfio_names_the_linux_that_a_flag_needs(string? flag, Errno errno, string release, string? needs)
        => Assert.Equal(needs, VfioIoctl.FlagTooOld(flag, errno, "A_CALL", "it", KernelRelease.Parse(release))?.Needs.ToString());

    [Theory]
    [InlineData("open", Errno.ENOENT, "6.18.0", "6.19")]
    [InlineData("open", Errno.ENOENT, "6.19.0", null)]
    [InlineData("LIVEUPDATE_SESSION_GET_NAME", Errno.EINVAL, "7.1.0", "7.2")]
    [InlineData("LIVEUPDATE_SESSION_GET_NAME", Errno.ENOTTY, "7.1.0", "7.2")]
    [InlineData("LIVEUPDATE_SESSION_FINISH", Errno.EINVAL, "7.1.0", null)]
    public void Live_update_names_the_linux_that_a_call_needs(string call, Errno errno, string release, string? needs)
        => Needs(needs, LiveUpdateMeanings.Failure(errno, call, "it", KernelRelease.Parse(release)));

    private static void Needs(string? needs, LinuxException failure) => Assert.Equal(needs, (failure as KernelTooOldException)?.Needs.ToString());
}
