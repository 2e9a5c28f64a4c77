namespace Devices.Tests.Pci;

/// <summary>Where dumps of configuration spaces are: the project's own, and a folder of real hardware's that is not part of it.</summary>
internal static class ConfigDumps
{
    public const string FolderVariable = "DEVKEEP_CONFIG_DUMPS";

    /// <summary>
    /// Dumps made in the lab, with what lspci decoded there: <c>lab/run exec --nvme 1 --vfs 4 --edu --igb -- lspci -vv -xxxx</c>, a file for each
    /// kind of device; and of QEMU's CXL devices, <c>-M q35,cxl=on -device pxb-cxl -device cxl-rp -device cxl-type3</c>, and a virtio device with ATS.
    /// </summary>
    public static IEnumerable<string> Own => FilesOf(Path.Combine(AppContext.BaseDirectory, "Pci", "Dumps"));

    /// <summary>The folder of dumps of real hardware, or null where there is none.</summary>
    public static string? SharedFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named)
                return Directory.Exists(named) ? named : null;
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Devices.sln")))
                {
                    var shared = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "config-dumps"));
                    return Directory.Exists(shared) ? shared : null;
                }
            }

            return null;
        }
    }

    public static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder).Where(static file => Path.GetExtension(file) is not ".md").Order(StringComparer.Ordinal);
}
