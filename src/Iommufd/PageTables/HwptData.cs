namespace Devices.Iommufd;

/// <summary>A guest's page table, as the IOMMU that walks it wants it described.</summary>
public abstract record HwptData
{
    // What a description may take: it is copied to the stack.
    private protected const int LargestData = 4096;

    private protected HwptData()
    {
    }

    /// <summary>Its number in <c>enum iommu_hwpt_data_type</c>.</summary>
    internal abstract uint Type { get; }

    internal abstract int Length { get; }

    internal abstract void Write(Span<byte> destination);
}
