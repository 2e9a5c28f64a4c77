using Devices.Linux;

namespace Devices.Tests.Linux;

public sealed class KernelFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_has_one_number_by_whichever_name_and_another_file_another()
    {
        var (one, other, link) = (PathOf("one"), PathOf("other"), PathOf("link"));
        File.WriteAllText(one, "1");
        File.WriteAllText(other, "2");
        File.CreateSymbolicLink(link, one);
        Assert.Equal(KernelFile.InodeOf(one), KernelFile.InodeOf(link));
        Assert.NotEqual(KernelFile.InodeOf(one), KernelFile.InodeOf(other));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => KernelFile.InodeOf(PathOf("none"))).Errno);
    }

    [Fact]
    public void The_names_in_a_directory_are_those_that_ls_gives()
    {
        Assert.Empty(Names(_folder.FullName)!);
        string[] names = [".hidden", "a file", "directory", "link to nothing", "über"];
        foreach (var file in (string[])[names[0], names[1], names[4]]) File.WriteAllText(PathOf(file), "");
        Directory.CreateDirectory(PathOf(names[2]));
        File.CreateSymbolicLink(PathOf(names[3]), "nowhere");
        Assert.Equal(names, Names(_folder.FullName)!.Order(StringComparer.Ordinal));

        // More than one call's worth.
        foreach (var number in Enumerable.Range(0, 3000)) File.WriteAllText(Path.Combine(PathOf(names[2]), $"{number:d200}"), "");
        Assert.Equal(3000, Names(PathOf(names[2]))!.Distinct().Count());
        Assert.Null(KernelFile.TryReadNames(PathOf("none"), out var errno));
        Assert.Equal(Errno.ENOENT, errno);
        Assert.Null(KernelFile.TryReadNames(PathOf(names[1]), out errno));
        Assert.Equal(Errno.ENOTDIR, errno);

        static IReadOnlyList<string>? Names(string directory)
        {
            var found = KernelFile.TryReadNames(directory, out var errno);
            Assert.Equal(Errno.None, errno);
            return found;
        }
    }

    [Fact]
    public void A_lock_has_one_holder_at_a_time()
    {
        var path = PathOf("lock");
        var inside = 0;
        var failures = BlockingCalls.Run(8, 8, _ =>
        {
            for (var round = 0; round < 50; round++)
            {
                using var held = FileLock.Acquire(path);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Thread.Yield();
                Interlocked.Decrement(ref inside);
            }
        });
        Assert.All(failures, Assert.Null);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => FileLock.Acquire(PathOf("none/lock"))).Errno);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
