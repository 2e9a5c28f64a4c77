using System.Text;
using System.Text.Json;
using Devices.Linux;

namespace Devices.Cli;

/// <summary>
/// The file that has a line for each step. A line is on the disk before the next step begins, so that the last one tells how far things
/// had come when a host did not come back.
/// </summary>
internal sealed class AuditLog : IDisposable
{
    /// <summary>Where it is unless told otherwise.</summary>
    internal const string DefaultPath = "/var/log/devkeep/audit.jsonl";

    private readonly FileDescriptor _file;
    private readonly Action<string> _complain;
    private bool _failed;

    private AuditLog(FileDescriptor file, Action<string> complain)
    {
        _file = file;
        _complain = complain;
    }

    /// <summary>Opens the log.</summary>
    /// <param name="path">Its file, if one was asked for: then a failure is one of the command.</param>
    /// <param name="usual">Where it is otherwise: there a failure is told and does not stop anything. Null for nowhere.</param>
    /// <param name="complain">Tells the user.</param>
    /// <returns>The log; null where there is none.</returns>
    internal static AuditLog? Open(string? path, string? usual, Action<string> complain)
    {
        if ((path ?? usual) is not { } chosen)
            return null;
        try
        {
            if (path is null)
                Directory.CreateDirectory(Path.GetDirectoryName(chosen)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new AuditLog(FileDescriptor.OpenToAppend(chosen, "The audit log (--audit) takes a file that can be appended to."), complain);
        }
        catch (Exception failure) when (path is null && failure is LinuxException or IOException or UnauthorizedAccessException)
        {
            complain($"no audit log is written: {failure.Message}");
            return null;
        }
    }

    /// <summary>Appends a line and waits until it is on the disk. What fails is told once and stops nothing: a device that waits matters more.</summary>
    internal void Append(AuditLine line)
    {
        if (_failed)
            return;
        var bytes = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, DevkeepJson.Lines.AuditLine) + "\n");
        try
        {
            // In one call, so that the lines of two processes do not mix.
            if (_file.Write(bytes) != bytes.Length)
                throw new IOException($"{_file.Subject}: only a part of the line was written.");
            _file.Sync();
        }
        catch (Exception failure) when (failure is LinuxException or IOException)
        {
            _failed = true;
            _complain($"the audit log ends here: {failure.Message}");
        }
    }

    public void Dispose() => _file.Dispose();
}
