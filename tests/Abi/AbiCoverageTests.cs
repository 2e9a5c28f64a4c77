using System.Text.RegularExpressions;

namespace Devices.Tests.Abi;

/// <summary>Every ioctl, feature and capability of the kernel's headers is implemented, or left out for a reason that stands here.</summary>
public sealed partial class AbiCoverageTests
{
    private const string OtherPlatform = "of another platform: the toolkit is for PCI devices on x86-64";
    private const string Cdx = "of the CDX bus; a PCI function has it in its Command register";
    private const string Graphics = "of a mediated device's display, which no PCI function under vfio-pci has";

    private static readonly Dictionary<string, string> s_leftOut = new(StringComparer.Ordinal)
    {
        ["VFIO_DEVICE_QUERY_GFX_PLANE"] = Graphics,
        ["VFIO_DEVICE_GET_GFX_DMABUF"] = Graphics,
        ["VFIO_GROUP_UNSET_CONTAINER"] = "closing the group does it, and the kernel refuses it as long as a device is open",
        ["VFIO_IOMMU_ENABLE"] = OtherPlatform, // the sPAPR back end's
        ["VFIO_IOMMU_DISABLE"] = OtherPlatform,
        ["VFIO_IOMMU_SPAPR_TCE_GET_INFO"] = OtherPlatform,
        ["VFIO_IOMMU_SPAPR_REGISTER_MEMORY"] = OtherPlatform,
        ["VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY"] = OtherPlatform,
        ["VFIO_IOMMU_SPAPR_TCE_CREATE"] = OtherPlatform,
        ["VFIO_IOMMU_SPAPR_TCE_REMOVE"] = OtherPlatform,
        ["VFIO_EEH_PE_OP"] = OtherPlatform,
        ["VFIO_DEVICE_INFO_CAP_ZPCI_BASE"] = OtherPlatform, // s390
        ["VFIO_DEVICE_INFO_CAP_ZPCI_GROUP"] = OtherPlatform,
        ["VFIO_DEVICE_INFO_CAP_ZPCI_UTIL"] = OtherPlatform,
        ["VFIO_DEVICE_INFO_CAP_ZPCI_PFIP"] = OtherPlatform,
        ["VFIO_DEVICE_FEATURE_ZPCI_ERROR"] = OtherPlatform,
        ["VFIO_REGION_INFO_CAP_NVLINK2_SSATGT"] = OtherPlatform, // POWER9
        ["VFIO_REGION_INFO_CAP_NVLINK2_LNKSPD"] = OtherPlatform,
        ["VFIO_DEVICE_FEATURE_BUS_MASTER"] = Cdx,
        ["VFIO_DEVICE_FEATURE_CLEAR_MASTER"] = Cdx,
        ["VFIO_DEVICE_FEATURE_SET_MASTER"] = Cdx,
    };

    private static readonly string[] s_headers = ["linux/vfio.h", "linux/iommufd.h", "linux/liveupdate.h"];

    [SkippableFact]
    public void Nothing_of_the_headers_is_missing_without_a_reason()
    {
        Skip.If(UapiHeaders.Folder is null, UapiHeaders.Missing);
        var offered = Offered();
        Assert.True(offered.Count > 50, "the headers were not understood");
        var missing = offered.Except(Implemented()).Except(s_leftOut.Keys).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0) Assert.Fail(string.Join(", ", missing));
    }

    [SkippableFact]
    public void What_is_left_out_exists_and_is_not_implemented()
    {
        Skip.If(UapiHeaders.Folder is null, UapiHeaders.Missing);
        Assert.Equal([], s_leftOut.Keys.Except(Offered()));
        Assert.Equal([], s_leftOut.Keys.Intersect(Implemented()));
    }

    private static HashSet<string> Implemented()
        => [.. KernelNames.Ioctls.Select(KernelNames.NameOf), .. KernelNames.Constants.Select(static constant => constant.Name)];

    private static HashSet<string> Offered()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var header in s_headers)
        {
            var text = UapiHeaders.Read(header).Replace("\\\n", " ", StringComparison.Ordinal);
            foreach (Match match in Macro().Matches(text)) names.Add(match.Groups["name"].Value);
        }

        return names;
    }

    // An ioctl is an _IO(), a feature or a capability a plain number.
    [GeneratedRegex(@"^#define\s+(?<name>[A-Z]\w*)\s+_IOW?R?\(|^#define\s+(?<name>VFIO_DEVICE_FEATURE_\w+|VFIO_\w+_INFO_CAP_\w+)\s+\(?\d+\)?\s*(/\*|$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Macro();
}
