namespace Devices.Cli;

/// <summary>The file of a program.</summary>
internal static class ProgramFile
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Finds a program as a shell does: by its path, or by its name in <c>PATH</c>.</summary>
    /// <exception cref="UserException">There is none.</exception>
    internal static string Find(string name)
    {
        var places = name.Contains('/', StringComparison.Ordinal) ? [name] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name));
        return places.FirstOrDefault(static path => File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != UnixFileMode.None)
            ?? throw new UserException($"There is no program '{name}'{(name.Contains('/', StringComparison.Ordinal) ? "" : " in PATH")} that can be executed.");
    }
}
