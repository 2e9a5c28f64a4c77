using Devices.Linux;
using Mono.Unix.Native;

namespace Devices.HwTests.Vmm;

/// <summary>A second number of an open file, which programs that are started meanwhile have open too.</summary>
internal sealed class InheritedFd : IDisposable
{
    internal InheritedFd(FileDescriptor file)
    {
        using var lease = file.Lease();
        Number = Syscall.dup(lease.Number);
        Assert.InRange(Number, 0, int.MaxValue);
    }

    internal int Number { get; }

    public void Dispose() => _ = Syscall.close(Number);
}
