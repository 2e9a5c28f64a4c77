using System.Net.Sockets;
using System.Text;
using Devices.Linux;

namespace Devices.Tests.Linux;

/// <summary>The manager's end of <c>sd_notify(3)</c>, with a store of descriptors: hears what processes tell, in order, and keeps what they give it.</summary>
internal sealed class ServiceManagerPeer : IDisposable
{
    /// <summary>Tests that set <c>NOTIFY_SOCKET</c>, the whole process's.</summary>
    internal const string Collection = "service manager";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly FileDescriptor _fd;
    private readonly Thread _thread;
    private readonly List<string> _heard = [];
    private readonly List<PassedFd> _store = [];
    private volatile bool _end;

    internal ServiceManagerPeer(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _fd = FileDescriptor.DuplicateOf((int)_socket.Handle, path);
        _thread = new Thread(Listen);
        _thread.Start();
    }

    /// <summary>What <c>NOTIFY_SOCKET</c> says.</summary>
    internal string Path { get; }

    /// <summary>What is kept, still this object's.</summary>
    internal IReadOnlyList<PassedFd> Store
    {
        get
        {
            lock (_lock) return [.. _store];
        }
    }

    /// <summary>How often something was told.</summary>
    internal int Count(string state)
    {
        lock (_lock) return _heard.Count(each => each == state);
    }

    /// <summary>Waits until something was told that often.</summary>
    internal void Await(string state, int times = 1) => Assert.True(SpinWait.SpinUntil(() => Count(state) >= times, s_patience), $"{state} was not told {times} times, but {string.Join(" | ", _heard)}");

    public void Dispose()
    {
        _end = true;
        _thread.Join();
        foreach (var kept in _store) kept.Fd.Dispose();
        _fd.Dispose();
        _socket.Dispose();
    }

    private void Listen()
    {
        var bytes = new byte[4096];
        while (!_end)
        {
            if (!_fd.WaitReadable(TimeSpan.FromMilliseconds(50))) continue;
            var received = UnixSocket.Receive(_fd, bytes);
            var text = Encoding.UTF8.GetString(bytes, 0, received.Length);
            lock (_lock)
            {
                _heard.Add(text);
                Obey(text.Split('\n'), received.Descriptors);
            }
        }
    }

    private void Obey(string[] lines, IReadOnlyList<FileDescriptor> descriptors)
    {
        var name = lines.FirstOrDefault(static line => line.StartsWith("FDNAME=", StringComparison.Ordinal))?["FDNAME=".Length..];
        if (lines.Contains("FDSTORE=1", StringComparer.Ordinal))
        {
            foreach (var fd in descriptors)
            {
                // As systemd does, whatever the name.
                if (_store.Exists(kept => kept.Fd.IsDuplicateOf(fd))) fd.Dispose();
                else _store.Add(new PassedFd(name ?? "stored", fd));
            }

            return;
        }

        foreach (var descriptor in descriptors) descriptor.Dispose(); // of a barrier, say
        if (!lines.Contains("FDSTOREREMOVE=1", StringComparer.Ordinal)) return;
        foreach (var kept in _store.Where(kept => kept.Name == name)) kept.Fd.Dispose();
        _store.RemoveAll(kept => kept.Name == name);
    }
}
