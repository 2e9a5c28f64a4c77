using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Devices.HwTests.Broker;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;
using NextKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Cli;

/// <summary>
/// Memory of a program that knows nothing of kexec: a database (LMDB, by Debian's lmdb-utils) in memory by name, without rights, that is written to while the kernel
/// is replaced. What it had committed is there under the next kernel, and it goes on. The session is one that another process made, as a service manager would.
/// </summary>
public sealed partial class MemoryOverKexecTests
{
    private const string Session = "update";
    private const string Rows = "rows";
    private const string Image = "image";
    private const int ImageLength = 4 << 20;
    private const int Duplicate = 0; // F_DUPFD: the duplicate is not close-on-exec
    private const int FirstDuplicate = 200;
    private const int Batch = 100; // mdb_load commits that many at a time
    private const string Folder = "/tmp/database";

    // LMDB wants its file by path, and makes a lock beside it. A new one has to have its first pages, which a file of zeroes has not.
    private const string Open = $"""
        cd {Folder}
        ln -sf "/proc/$$/fd/$1" rows

        """;

    private const string CreateAndLoad = $$"""
        {{Open}}
        printf 'VERSION=3\nformat=print\ntype=btree\nmapsize=33554432\nHEADER=END\nDATA=END\n' | mdb_load -n empty
        dd if=empty of="/proc/$$/fd/$1" conv=notrunc status=none
        exec mdb_load -T -n rows
        """;

    private const string DumpAndLoad = $"""
        {Open}
        mdb_dump -p -n rows
        exec mdb_load -T -n rows
        """;

    private static string Note(string name) => Path.Combine(Environment.GetEnvironmentVariable("DEVKEEP_RESULTS")!, name);

    [Fact, BeforeKexec("memory")]
    public void Preserve_while_it_is_written_to_and_jump()
    {
        var keeper = new KeeperCommand(); // it lives until the jump
        Assert.Contains("ready", keeper.Ready, StringComparison.Ordinal);
        Devkeep.Json("memory", "create", Rows, "32M");
        using (var client = KeeperClient.Connect())
        {
            NamedMemory.Create(client, Image, ImageLength);
            using var image = NamedMemory.Open(client, Image)!;
            image.Fd.WriteExactlyAt(Pattern(), 0);
        }

        using var database = Run(CreateAndLoad);
        new Thread(() => Feed(database.StandardInput)) { IsBackground = true }.Start();
        Assert.True(Patience.Until(() => File.Exists($"{Folder}/rows-lock") && Committed() >= 1000), "nothing is written");

        var listed = List();
        Assert.Equal([$"mdb_load (pid {database.Id})"], listed[Rows].GetProperty("used_by").EnumerateArray().Select(static user => user.GetString()!));
        Assert.Empty(listed[Image].GetProperty("used_by").EnumerateArray());
        File.WriteAllText(Note("checksum"), listed[Image].GetProperty("sha256").GetString());

        // Others have devkeepd keep theirs over the same jump.
        using var sessions = ClientSessionsOverKexec.Preserve();

        Assert.Equal(Session, Adopt());
        var preserved = Preserve("--adopted");
        Assert.Empty(preserved.GetProperty("devices").EnumerateArray());
        Assert.Equal(
            [(Rows, JsonValueKind.Null), (Image, JsonValueKind.Null)],
            preserved.GetProperty("memory").EnumerateArray().Select(static memory => (memory.GetProperty("name").GetString()!, memory.GetProperty("iova").ValueKind)));
        var (code, _, error) = Devkeep.Run("memory", "remove", Image);
        Assert.Equal(1, code);
        Assert.Contains($"Session {Session} carries", error, StringComparison.Ordinal);

        var committed = Committed();
        File.WriteAllText(Note("committed"), committed.ToString(CultureInfo.InvariantCulture));
        Assert.True(Patience.Until(() => Committed() > committed), "in preserved memory nothing can be written");
        NextKernel.Announce();
        (code, _, error) = sessions.Kexec(Session);
        Assert.Fail($"devkeep kexec came back with {code}: {error}");
    }

    [Fact, AfterKexec("memory")]
    public void All_that_was_committed_is_there_and_the_database_goes_on()
    {
        using var keeper = new KeeperCommand();
        var restored = Devkeep.Json("restore", "--session", Session);
        Assert.Equal([Rows, Image], restored.GetProperty("memory").EnumerateArray().Select(static name => name.GetString()!));
        Assert.Empty(restored.GetProperty("held").EnumerateArray());

        var listed = List();
        Assert.Equal(File.ReadAllText(Note("checksum")), listed[Image].GetProperty("sha256").GetString());
        Assert.Equal(32 << 20, listed[Rows].GetProperty("length").GetInt32());

        var dump = DumpAndAppend();
        var committed = int.Parse(File.ReadAllText(Note("committed")), CultureInfo.InvariantCulture);
        Console.WriteLine($"  {dump.Count} rows came over, {committed} of them committed before devkeep kexec");
        Assert.InRange(dump.Count, committed, int.MaxValue);
        Assert.Equal(0, dump.Count % Batch); // no transaction by half
        for (var row = 0; row < dump.Count; row++) Assert.Equal((Key(row), Value(row)), dump[row]);

        // The next update, and its end: the memory stays what it is.
        Preserve();
        using var client = KeeperClient.Connect();
        Assert.All(NamedMemory.List(client), static memory => Assert.Equal(new SessionName(Session), memory.Session));
        Devkeep.Json("discard", "--session", Session);
        Assert.Equal([(Image, null), (Rows, null)], NamedMemory.List(client).Select(static memory => (memory.Name, memory.Session)));
        Assert.Equal(dump.Count + Batch, DumpAndAppend().Count);
    }

    private static JsonElement Preserve(params string[] more) => Devkeep.Json(
        ["preserve", .. more, "--session", Session, "--memory", Rows, "--memory", Image, "--image", NextKernel.ImagePath, "--append", "devkeep.phase=after"]);

    // This process's descriptor stays open until the jump, as the service manager's would.
    private static string? Adopt()
    {
        using var orchestrator = LiveUpdateOrchestrator.Open();
        var inherited = Libc.fcntl(orchestrator.CreateSession(new SessionName(Session)).Fd, Duplicate, FirstDuplicate);
        return Devkeep.Json("keeper", "--adopt", $"{inherited}").GetProperty("session").GetString();
    }

    /// <summary>Reads all rows, and has another batch written.</summary>
    private static List<(string Key, string Value)> DumpAndAppend()
    {
        using var database = Run(DumpAndLoad);
        for (var row = 0; row < Batch; row++) database.StandardInput.Write($"more {row:d6} {Guid.NewGuid()}\n.\n");
        database.StandardInput.Close();
        string[] lines = [.. database.StandardOutput.ReadToEnd().Split('\n').Where(static line => line.StartsWith(' ')).Select(static line => line[1..])];
        var error = database.StandardError.ReadToEnd();
        database.WaitForExit();
        Assert.True(database.ExitCode == 0, error);
        return [.. lines.Chunk(2).Select(static pair => (pair[0], pair[1]))];
    }

    private static Process Run(string script)
    {
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, (UnixFileMode)0x1FF); // everybody's
        return Devkeep.StartAs(user: 0, memlock: 1 << 20, "run", "--alone", "--memory", Rows, "--user", $"{UnprivilegedGuest.User}", "--", "sh", "-euc", script, "sh", "{memory}");
    }

    // Until the kernel under it is another one.
    private static void Feed(StreamWriter rows)
    {
        for (var row = 0; ; row += Batch)
        {
            for (var each = row; each < row + Batch; each++) rows.Write($"{Key(each)}\n{Value(each)}\n");
            rows.Flush();
            Thread.Sleep(50);
        }
    }

    private static string Key(int row) => $"row {row:d6}";

    private static string Value(int row) => $"value {(ulong)row * 0x9e37_79b9_7f4a_7c15:x16}";

    /// <summary>How many rows there are in transactions that were committed.</summary>
    private static int Committed()
    {
        using var stat = Process.Start(new ProcessStartInfo("mdb_stat", ["-n", $"{Folder}/rows"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = stat.StandardOutput.ReadToEnd();
        stat.WaitForExit();
        return Entries().Match(output) is { Success: true } match ? int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static Dictionary<string, JsonElement> List() =>
        Devkeep.Json("memory", "list", "--checksum").GetProperty("memory").EnumerateArray().ToDictionary(static memory => memory.GetProperty("name").GetString()!);

    private static byte[] Pattern()
    {
        var pattern = new byte[ImageLength];
        new Random(23).NextBytes(pattern);
        return pattern;
    }

    [GeneratedRegex(@"Entries: (?<count>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Entries();
}
