namespace Devices.Pci;

/// <summary>The checks that every back end makes before an access.</summary>
internal static class ConfigSpaceBounds
{
    /// <summary>Throws unless all of the access lies within the space.</summary>
    public static void Check(IPciConfigSpace space, int offset, int count)
    {
        var length = space.Length;
        if (offset < 0 || count > length - offset)
            throw Beyond(space.Subject, offset, count, length);
    }

    /// <summary>Throws unless the offset is a multiple of the register's width.</summary>
    public static void CheckAlignment(int offset, int width)
    {
        if (offset % width != 0)
        {
            throw new ArgumentException(
                $"A configuration register of {width} bytes cannot be at 0x{offset:x}: its offset must be a multiple of {width}", nameof(offset));
        }
    }

    private static ArgumentOutOfRangeException Beyond(string subject, int offset, int count, int length)
    {
        var message = $"{subject}: {count} bytes at configuration offset 0x{offset:x} are not within the {length} bytes that can be accessed";
        if (offset >= 0 && length < PciRegs.PCI_CFG_SPACE_SIZE)
            message += "; the kernel shows more than the standard header only to a process with CAP_SYS_ADMIN";
        return new ArgumentOutOfRangeException(nameof(offset), offset, message);
    }
}
