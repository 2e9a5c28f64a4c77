using System.Net;
using System.Net.Sockets;
using Devices.Linux;

namespace Devices.Broker;

/// <summary>The socket that the service listens on: the service manager's, or one of its own at a path.</summary>
internal sealed class ListeningSocket : IDisposable
{
    // Anybody may connect: what a client gets is for the policy to say, and limits bound what each can do to the service.
    private const UnixFileMode SocketMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode PrivateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const int MostWaiting = 16;

    private readonly string? _ownPath;

    private ListeningSocket(UnixStream stream, string name, string? ownPath)
    {
        Stream = stream;
        Name = name;
        _ownPath = ownPath;
    }

    internal UnixStream Stream { get; }

    /// <summary>Where clients find it.</summary>
    internal string Name { get; }

    /// <summary>Takes the socket that the service manager passed; without one, listens at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="passed">The sockets that the manager passed.</param>
    /// <exception cref="LinuxException">Somebody listens there already, or the path cannot be listened at.</exception>
    /// <exception cref="InvalidOperationException">The manager passed several sockets, or others could put a socket in the place of this one.</exception>
    internal static ListeningSocket Open(string path, IReadOnlyList<FileDescriptor> passed) => passed switch
    {
        [] => Listen(path, SocketMode),
        [var only] => new ListeningSocket(UnixStream.Adopt(only), only.Subject, null),
        var several => throw new InvalidOperationException($"The service manager passed {several.Count} sockets, and this service has one: leave one ListenStream= in its socket unit."),
    };

    /// <summary>Listens where <c>--metrics</c> says: at a path, for root and the path's group, or at a port of this machine alone.</summary>
    /// <param name="place">An absolute path, or <c>127.0.0.1:PORT</c>.</param>
    /// <exception cref="LinuxException">Somebody listens there already, or it cannot be listened at.</exception>
    /// <exception cref="InvalidOperationException">It is neither, or others could put a socket in the place of this one.</exception>
    internal static ListeningSocket OpenForMetrics(string place)
    {
        if (Path.IsPathRooted(place)) return Listen(place, PrivateMode);
        if (!IPEndPoint.TryParse(place, out var end) || !IPAddress.IsLoopback(end.Address) || !place.Contains(':', StringComparison.Ordinal))
            throw new InvalidOperationException($"{place} is no place for metrics: name the path of a socket, from / on, or a port of this machine, such as 127.0.0.1:9100.");
        try
        {
            using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(end);
            socket.Listen(MostWaiting);
            return new ListeningSocket(UnixStream.Adopt(FileDescriptor.DuplicateOf((int)socket.Handle, place)), ((IPEndPoint)socket.LocalEndPoint!).ToString(), null);
        }
        catch (SocketException failure)
        {
            throw new InvalidOperationException($"Metrics cannot be told at {place}: {failure.Message}", failure);
        }
    }

    /// <summary>Ends the listening; a socket of its own is removed.</summary>
    public void Dispose()
    {
        if (_ownPath is not null) File.Delete(_ownPath);
        Stream.Dispose();
    }

    private static ListeningSocket Listen(string path, UnixFileMode socketMode)
    {
        path = Path.GetFullPath(path);
        return new ListeningSocket(SocketPath.Listen(path, socketMode, FolderMode), path, path);
    }
}
