using System.Diagnostics;
using System.Text;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary>A process that takes over an iommufd: this program again, with the command <c>successor</c>.</summary>
internal static class SuccessorProcess
{
    /// <summary>What this process is charged for as pinned, in bytes.</summary>
    internal static ulong PinnedBytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(each => each.StartsWith("VmPin:", StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    /// <summary>Lets another process be charged for what is pinned through an iommufd, and end.</summary>
    /// <returns>What it was charged for then, in bytes.</returns>
    internal static ulong TakesOver(FileDescriptor iommufd)
    {
        var path = $"/run/successor-{Environment.ProcessId}";
        using var listener = UnixChannel.Listen(path);
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["successor", path]) { UseShellExecute = false })!;
        using var channel = listener.Accept();
        channel.Send("take over"u8, iommufd);
        var answer = new byte[64];
        var length = channel.Receive(answer).Length;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return ulong.Parse(Encoding.ASCII.GetString(answer, 0, length));
    }

    /// <summary>Is the process; its exit code.</summary>
    internal static int Run(string path)
    {
        using var channel = UnixChannel.Connect(path);
        using var fd = Assert.Single(channel.Receive(new byte[64]).Descriptors);
        using var context = IommuContext.FromFd(fd);
        context.ChangeProcess();
        channel.Send(Encoding.ASCII.GetBytes(PinnedBytes().ToString()));
        return 0;
    }
}
