namespace Devices.Linux;

/// <summary>
/// A file descriptor's number, guaranteed to stay that file until disposed: for numbers inside ioctl structs and messages, where a
/// number closed and reused meanwhile would name another file.
/// </summary>
public readonly ref struct FdLease
{
    private readonly FileDescriptor _owner;

    internal FdLease(FileDescriptor owner)
    {
        var added = false;
        owner.DangerousAddRef(ref added);
        _owner = owner;
    }

    /// <summary>The number, valid in this process until <see cref="Dispose"/>.</summary>
    public int Number => _owner.Number;

    /// <summary>Ends the lease.</summary>
    public void Dispose() => _owner.DangerousRelease();
}
