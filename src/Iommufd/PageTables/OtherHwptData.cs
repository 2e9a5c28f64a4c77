namespace Devices.Iommufd;

/// <summary>A guest's page table in a form that this library does not know, for IOMMUs newer than it.</summary>
public sealed record OtherHwptData : HwptData
{
    private readonly byte[] _bytes;

    /// <summary>A description as the IOMMU's driver wants it.</summary>
    /// <param name="type">Its number in <c>enum iommu_hwpt_data_type</c>, not 0.</param>
    /// <param name="bytes">The struct that belongs to it, 1 to 4096 bytes.</param>
    /// <exception cref="ArgumentException">The number is 0, or the length is out of bounds.</exception>
    public OtherHwptData(uint type, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(type);
        if (bytes.Length is 0 or > LargestData) throw new ArgumentException($"{bytes.Length} bytes: 1 to {LargestData} describe a page table.", nameof(bytes));
        Type = type;
        _bytes = bytes.ToArray();
    }

    internal override uint Type { get; }

    internal override int Length => _bytes.Length;

    internal override void Write(Span<byte> destination) => _bytes.CopyTo(destination);
}
