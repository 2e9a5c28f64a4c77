using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>The call that HWPTs and vIOMMUs share.</summary>
internal static class Invalidation
{
    internal static unsafe void Run(IommuObject target, InvalidationType type, int entryLength, ReadOnlySpan<byte> requests)
    {
        var count = Count(entryLength, requests.Length);
        fixed (byte* pointer = requests)
        {
            var invalidate = new iommu_hwpt_invalidate
            {
                size = (uint)sizeof(iommu_hwpt_invalidate),
                hwpt_id = target.Id,
                data_uptr = (ulong)pointer,
                data_type = (uint)type,
                entry_len = (uint)entryLength,
                entry_num = (uint)count,
            };
            var errno = Ioctl.Try(target.Context.Fd, ref invalidate);
            // A kernel without this call leaves the count of requests as it was.
            var handled = errno == Errno.ENOTTY ? 0 : (int)invalidate.entry_num;
            if (errno != Errno.None) throw new IommuInvalidationException(errno, target.ToString(), handled, count);
        }
    }

    internal static int Count(int entryLength, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(entryLength);
        return length % entryLength == 0
            ? length / entryLength
            : throw new ArgumentException($"{length} bytes are not a whole number of requests of {entryLength} bytes.", nameof(length));
    }
}
