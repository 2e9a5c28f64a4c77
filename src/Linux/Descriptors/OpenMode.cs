namespace Devices.Linux;

/// <summary>How a file is opened (<c>open(2)</c>); close-on-exec is always set.</summary>
public enum OpenMode
{
    /// <summary><c>O_RDONLY</c>.</summary>
    ReadOnly = Libc.O_RDONLY,
    /// <summary><c>O_WRONLY</c>.</summary>
    WriteOnly = Libc.O_WRONLY,
    /// <summary><c>O_RDWR</c>.</summary>
    ReadWrite = Libc.O_RDWR,
}
