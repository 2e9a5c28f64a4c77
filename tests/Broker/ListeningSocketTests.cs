using Devices.Broker;
using Devices.Linux;

namespace Devices.Tests.Broker;

/// <summary>The socket of a service that makes its own.</summary>
public sealed class ListeningSocketTests : IDisposable
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("listening");

    private string SocketPath => Path.Combine(_folder.FullName, "run", "devices.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Anybody_may_connect_and_the_socket_goes_with_the_service()
    {
        using (var socket = ListeningSocket.Open(SocketPath, []))
        {
            Assert.Equal((SocketPath, Everybody), (socket.Name, File.GetUnixFileMode(SocketPath)));
            UnixStream.Connect(SocketPath).Dispose();
        }

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void What_a_service_that_was_killed_left_is_replaced_and_that_of_one_that_lives_is_not()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        UnixStream.Listen(SocketPath).Dispose();
        using (ListeningSocket.Open(SocketPath, []))
        {
            Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => ListeningSocket.Open(SocketPath, [])).Errno);
            UnixStream.Connect(SocketPath).Dispose();
        }
    }

    [Fact]
    public void A_folder_that_others_may_write_to_is_refused()
    {
        _folder.UnixFileMode |= UnixFileMode.OtherWrite;
        Assert.Contains("chmod go-w", Assert.Throws<InvalidOperationException>(() => ListeningSocket.Open(Path.Combine(_folder.FullName, "devices.sock"), [])).Message, StringComparison.Ordinal);
    }
}
