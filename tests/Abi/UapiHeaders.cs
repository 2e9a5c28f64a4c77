namespace Devices.Tests.Abi;

/// <summary>The user-space headers of the Linux that the toolkit is written against, as <c>lab/run setup</c> unpacks them into the cache.</summary>
internal static class UapiHeaders
{
    internal const string Missing = "the headers of Linux 7.3 are not in the cache: lab/run setup gets them (or DEVKEEP_UAPI_HEADERS names their folder)";

    /// <summary>The folder that holds <c>linux/vfio.h</c>, or null.</summary>
    internal static string? Folder { get; } = Find();

    /// <summary>The text of one of them.</summary>
    internal static string Read(string header) => File.ReadAllText(Path.Combine(Folder!, header));

    private static string? Find()
    {
        string[] candidates =
        [
            Environment.GetEnvironmentVariable("DEVKEEP_UAPI_HEADERS") ?? "",
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/devkeep/lab/headers-7.3/usr/include"),
        ];
        return Array.Find(candidates, static folder => File.Exists(Path.Combine(folder, "linux/vfio.h")));
    }
}
