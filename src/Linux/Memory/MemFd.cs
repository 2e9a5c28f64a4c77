using Devices.Linux.Abi;
using Mono.Unix.Native;

namespace Devices.Linux;

/// <summary>An anonymous file in memory that has a descriptor: it can be mapped, passed on, mapped for DMA and kept over a kexec.</summary>
public sealed class MemFd : IDisposable
{
    private const uint MfdCloexec = 1;
    private const uint MfdAllowSealing = 2;
    private const uint MfdHugetlb = 4;
    private const long HugetlbfsMagic = 0x958458f6;
    private const int StatBlock = 512;

    private MemFd(FileDescriptor fd) => Fd = fd;

    /// <summary>Its descriptor, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>Its length in bytes now. It changes no more once it is sealed against that (<see cref="MemFdSeals.FixedSize"/>).</summary>
    /// <remarks><c>st_size</c> of <c>fstat(2)</c>: not by seeking, since who else has the file open may read on from its position.</remarks>
    public long Length => Status().st_size;

    /// <summary>Its seals.</summary>
    /// <remarks><c>fcntl(F_GET_SEALS)</c>.</remarks>
    /// <exception cref="LinuxException">The descriptor is not a memfd.</exception>
    public MemFdSeals Seals
    {
        get
        {
            var seals = Libc.fcntl(Fd, Libc.F_GET_SEALS, 0);
            return seals >= 0 ? (MemFdSeals)seals : throw new LinuxException(Libc.LastErrno, "fcntl(F_GET_SEALS)", Fd.Subject, "It is not a memfd.");
        }
    }

    /// <summary>Whether it can be both read and written by this descriptor.</summary>
    /// <remarks><c>fcntl(F_GETFL)</c>.</remarks>
    public bool IsReadWrite
    {
        get
        {
            var flags = Libc.fcntl(Fd, Libc.F_GETFL, 0);
            return flags >= 0 ? (flags & Libc.O_ACCMODE) == Libc.O_RDWR : throw new LinuxException(Libc.LastErrno, "fcntl(F_GETFL)", Fd.Subject);
        }
    }

    /// <summary>The bytes of it that memory has been allocated for; the rest are holes, which keeping it over a kexec fills.</summary>
    /// <remarks><c>st_blocks</c> of <c>fstat(2)</c>.</remarks>
    public long AllocatedBytes => Status().st_blocks * StatBlock;

    /// <summary>Whether its pages are of the hugetlb pool, which no live update keeps.</summary>
    /// <remarks><c>fstatfs(2)</c>.</remarks>
    public unsafe bool IsHugeTlb
    {
        get
        {
            statfs status;
            return Libc.fstatfs(Fd, &status) == 0 ? status.f_type == HugetlbfsMagic : throw new LinuxException(Libc.LastErrno, "fstatfs", Fd.Subject);
        }
    }

    /// <summary>Creates one of zeroes.</summary>
    /// <param name="name">Its name in <c>/proc</c>, at most 249 bytes; it need not be unique and does not survive a kexec.</param>
    /// <param name="length">Its length in bytes, more than 0.</param>
    /// <param name="seals">Seals to set once it has its length.</param>
    /// <param name="hugeTlb">Take pages of the system's hugetlb pool. Such a memfd cannot be kept over a kexec.</param>
    /// <remarks><c>memfd_create(2)</c>, <c>ftruncate(2)</c>, <c>fcntl(F_ADD_SEALS)</c>.</remarks>
    /// <exception cref="LinuxException">Not enough memory or descriptors, or no huge pages.</exception>
    public static MemFd Create(string name, long length, MemFdSeals seals = MemFdSeals.FixedSize, bool hugeTlb = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var number = Libc.memfd_create(name, MfdCloexec | MfdAllowSealing | (hugeTlb ? MfdHugetlb : 0));
        if (number < 0) throw new LinuxException(Libc.LastErrno, "memfd_create", name);
        var fd = FileDescriptor.Adopt(number, $"memfd:{name}");
        var memory = new MemFd(fd);
        try
        {
            if (Libc.ftruncate(fd, length) != 0) throw new LinuxException(Libc.LastErrno, "ftruncate", fd.Subject);
            if (seals != MemFdSeals.None) memory.AddSeals(seals);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a descriptor of a memfd: one retrieved after a kexec, or received from another process.</summary>
    /// <param name="fd">The descriptor, owned by the result from now on; closed if it is no memfd.</param>
    /// <exception cref="LinuxException">The descriptor is not a memfd.</exception>
    public static MemFd Adopt(FileDescriptor fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        try
        {
            var memory = new MemFd(fd);
            _ = memory.Seals;
            return memory;
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Adds seals; none can be taken away.</summary>
    /// <param name="seals">The seals.</param>
    /// <remarks><c>fcntl(F_ADD_SEALS)</c>.</remarks>
    /// <exception cref="LinuxException">It is sealed against seals, or a writable mapping forbids <see cref="MemFdSeals.Write"/>.</exception>
    public void AddSeals(MemFdSeals seals)
    {
        if (Libc.fcntl(Fd, Libc.F_ADD_SEALS, (int)seals) != 0) throw new LinuxException(Libc.LastErrno, $"fcntl(F_ADD_SEALS, {seals})", Fd.Subject);
    }

    /// <summary>Whether a descriptor is of the same memory, whoever opened it.</summary>
    /// <param name="other">The other one.</param>
    /// <remarks><c>st_dev</c> and <c>st_ino</c> of <c>fstat(2)</c>.</remarks>
    public bool IsSameAs(MemFd other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (mine, its) = (Status(), other.Status());
        return mine.st_ino == its.st_ino && mine.st_dev == its.st_dev;
    }

    /// <summary>Finds the processes that have it open or mapped, this one too. Those that end meanwhile or may not be read are left out.</summary>
    /// <remarks><c>/proc/PID/fd</c>, <c>/proc/PID/maps</c>; other users' processes take root.</remarks>
    public IReadOnlyList<FileHolder> FindUsers() => FileHolder.FindUsers(Fd.LinkTarget, Status());

    /// <summary>Maps part of it.</summary>
    /// <param name="offset">Offset in bytes, page-aligned.</param>
    /// <param name="length">Length in bytes, within the file.</param>
    /// <param name="protection">Read, write or both.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part exceeds the file: touching it would raise SIGBUS.</exception>
    /// <exception cref="InvalidOperationException">It is not sealed against shrinking.</exception>
    public MemoryMapping Map(long offset, nuint length, MemoryProtection protection = MemoryProtection.ReadWrite)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset > Length || length > (nuint)(Length - offset))
            throw new ArgumentOutOfRangeException(nameof(length), $"0x{length:x} bytes at 0x{offset:x} exceed {Fd.Subject} of 0x{Length:x} bytes.");
        if (!Seals.HasFlag(MemFdSeals.Shrink))
            throw new InvalidOperationException($"{Fd.Subject} can shrink under the mapping, which ends the process by SIGBUS: seal it with {nameof(MemFdSeals)}.{nameof(MemFdSeals.Shrink)} first.");
        return MemoryMapping.Map(Fd, offset, length, protection);
    }

    /// <summary>Maps all of it.</summary>
    /// <param name="protection">Read, write or both.</param>
    public MemoryMapping Map(MemoryProtection protection = MemoryProtection.ReadWrite) => Map(0, (nuint)Length, protection);

    /// <summary>Closes this descriptor; the memory lives while another descriptor, a mapping or a session holds it.</summary>
    public void Dispose() => Fd.Dispose();

    private Stat Status()
    {
        using var lease = Fd.Lease();
        return Syscall.fstat(lease.Number, out var status) == 0 ? status : throw new LinuxException((Errno)NativeConvert.FromErrno(Stdlib.GetLastError()), "fstat", Fd.Subject);
    }
}
