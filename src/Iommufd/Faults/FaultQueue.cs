using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>
/// Page faults of devices that ask for pages (PCIe Page Request Interface) and wait for an answer: delivered for HWPTs that were made with
/// this queue. Made by <see cref="IommuContext.CreateFaultQueue"/>.
/// </summary>
/// <remarks>
/// Each group that is read must be answered: the device waits. When a device is detached, or the queue destroyed, the kernel answers
/// what is left with <see cref="PageResponse.Invalid"/>.
/// </remarks>
public sealed class FaultQueue : EventQueue
{
    // A page request group of PCIe has at most 512 requests; 128 records suffice for most reads.
    private const int UsualRecords = 128;
    private const int LargestRecords = 1 << 16;

    internal FaultQueue(IommuContext context, uint id, FileDescriptor fd)
        : base(context, id, fd)
    {
    }

    private protected override string Kind => "fault queue";

    /// <summary>Takes the faults that are there, without waiting.</summary>
    /// <returns>Groups of faults, each to be answered as one; empty if there is none.</returns>
    /// <remarks><c>read(2)</c> of <c>struct iommu_hwpt_pgfault</c>.</remarks>
    /// <exception cref="LinuxException">The read failed.</exception>
    public IReadOnlyList<PageFaultGroup> Read()
    {
        var record = Unsafe.SizeOf<iommu_hwpt_pgfault>();
        return PageFaultGroup.Parse(ReadBytes(UsualRecords * record, LargestRecords * record));
    }

    /// <summary>Answers a group of faults.</summary>
    /// <param name="group">The group, as <see cref="Read"/> gave it.</param>
    /// <param name="response">What the device is told.</param>
    /// <returns>False if nobody waits for the answer any more: given before, or the device was detached.</returns>
    /// <remarks><c>write(2)</c> of <c>struct iommu_hwpt_page_response</c>.</remarks>
    /// <exception cref="LinuxException">The write failed.</exception>
    public bool TryRespond(PageFaultGroup group, PageResponse response)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (response is not (PageResponse.Success or PageResponse.Invalid)) throw new ArgumentOutOfRangeException(nameof(response), $"{response} is no answer.");
        ThrowIfEnded();
        var answer = new iommu_hwpt_page_response { cookie = group.Cookie, code = (uint)response };
        try
        {
            Fd.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<iommu_hwpt_page_response>(in answer)));
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            return false;
        }
    }
}
