using System.Diagnostics;
using Devices.Linux;
using Devices.Preservation;
using Devices.Tests.LiveUpdate;

namespace Devices.Tests.Cli;

/// <summary><c>devkeep run</c> as a process, which becomes another program. Memory needs no rights.</summary>
public sealed class RunProcessTests : IDisposable
{
    private const int SigPipe = 13;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("devkeep-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_process_is_the_program_with_its_environment_and_the_memory_and_no_other_files()
    {
        const string Script = """
            echo "pid $$ $DEVKEEP_TEST"
            ls -l /proc/$$/fd
            grep -E '^(NoNewPrivs|CapPrm|CapEff|SigIgn|SigBlk):' /proc/self/status
            printf x | dd of=/proc/self/fd/$1 conv=notrunc status=none && stat -L -c 'size %s' /proc/self/fd/$1
            exit 7
            """;
        using var process = Start("--alone", "--memory", "64K", "--", "sh", "-c", Script, "sh", "{memory}");
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(s_patience));
        Assert.True(process.ExitCode == 7, process.StandardError.ReadToEnd());
        Assert.Contains($"pid {process.Id} kept\n", output, StringComparison.Ordinal);
        // Not by a pipeline, whose ends the shell has open while ls looks.
        var files = output.Split('\n').Select(static line => line.Split(" -> ")).Where(static link => link.Length == 2);
        Assert.Equal("/memfd:guest-ram (deleted)", Assert.Single(files, static link => int.Parse(link[0].Split(' ')[^1]) > 2)[1]);
        Assert.Contains("size 65536\n", output, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1\n", output, StringComparison.Ordinal);
        foreach (var none in new[] { "CapPrm", "CapEff", "SigBlk" }) Assert.Contains($"{none}:\t0000000000000000\n", output, StringComparison.Ordinal);
        // What .NET ignores for itself; whoever started the tests may ignore others.
        Assert.Equal(0, Convert.ToInt64(output.Split('\n').First(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim(), 16) & (1 << (SigPipe - 1)));
    }

    [Fact]
    public void What_a_program_without_rights_writes_into_memory_of_the_keeper_s_the_next_one_reads_from_the_beginning()
    {
        using var rig = new KeeperRig();
        NamedMemory.Create(rig.Server.Keeper, "cache", 64 << 10);
        string[] options = ["--alone", "--keeper", rig.Server.SocketPath, "--memory", "cache", "--", "bash", "-c"];
        using (var writer = Start([.. options, "id -u; printf kept >&\"$1\"", "bash", "{memory:cache}"]))
        {
            if (ProcessRights.IsRoot) Assert.NotEqual("0\n", writer.StandardOutput.ReadToEnd());
            Assert.True(writer.WaitForExit(s_patience));
            Assert.True(writer.ExitCode == 0, writer.StandardError.ReadToEnd());
        }

        using var reader = Start([.. options, "head -c 4 <&\"$1\"; stat -L -c ' %s' /proc/self/fd/$1", "bash", "{memory}"]);
        Assert.Equal("kept 65536\n", reader.StandardOutput.ReadToEnd());
        Assert.True(reader.WaitForExit(s_patience));
    }

    [Fact]
    public void The_connection_to_devkeepd_is_open_as_long_as_the_program_runs()
    {
        var path = Path.Combine(_folder, "devices.sock");
        using var listener = UnixStream.Listen(path);
        File.SetUnixFileMode(_folder, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
        using var process = Start("--broker", path, "--memory", "64K", "--", "sh", "-c", "echo program; read line", "sh", "{memory}");
        using var connection = listener.Accept();
        Assert.True(connection.TryReceive(new byte[4096], s_patience, out _)); // CreateMemory
        using var memory = MemFd.Create("given", 64 << 10);
        Assert.Equal(Errno.None, connection.TrySend("{\"parameters\":{\"fd\":0}}\0"u8, [memory.Fd], s_patience));
        Assert.Equal("program", process.StandardOutput.ReadLine());
        Assert.False(connection.IsPeerClosed);
        Assert.Equal(process.Id, connection.Peer.ProcessId);
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(s_patience));
        Assert.True(connection.IsPeerClosed);
    }

    [Fact]
    public void What_devkeepd_refuses_is_told_with_cause_and_way_out()
    {
        var path = Path.Combine(_folder, "devices.sock");
        using var listener = UnixStream.Listen(path);
        File.SetUnixFileMode(_folder, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
        using var process = Start("--broker", path, "--memory", "64K", "--", "true", "{memory}");
        using var connection = listener.Accept();
        Assert.True(connection.TryReceive(new byte[4096], s_patience, out _));
        connection.TrySend("{\"error\":\"io.devkeep.Devices.LimitReached\",\"parameters\":{\"cause\":\"Too much.\",\"remedy\":\"Ask for less.\",\"left\":1}}\0"u8, [], s_patience);
        Assert.True(process.WaitForExit(s_patience));
        Assert.Equal((1, "devkeep: devkeepd refused: Too much. Ask for less.\n"), (process.ExitCode, process.StandardError.ReadToEnd()));
    }

    // With what the tests were built with: the program's own folder has not all that it needs.
    private static Process Start(params string[] args)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, "Devices.Tests");
        string[] user = ProcessRights.IsRoot ? ["--user", "nobody"] : [];
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", Path.Combine(AppContext.BaseDirectory, "devkeep.dll"), "run", .. user, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["DEVKEEP_TEST"] = "kept" },
        })!;
    }
}
