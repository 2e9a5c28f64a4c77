using System.Globalization;
using System.Text.Json;
using Devices.Linux;
using Mono.Unix.Native;

namespace Devices.Broker;

/// <summary>Reads policies. A file that anybody but root could have written is none, and neither is one that does not say exactly what it means.</summary>
internal static class PolicyFile
{
    private const int MostBytes = 1 << 20;
    private const long MiB = 1 << 20;
    private const uint Root = 0;
    private const FilePermissions OthersWrite = FilePermissions.S_IWGRP | FilePermissions.S_IWOTH;

    /// <summary>Reads a policy.</summary>
    /// <exception cref="PolicyException">It cannot be read, others could have written it, or it is none.</exception>
    internal static AccessPolicy Load(string path) => Load(path, Root);

    /// <summary>Reads a policy whose file, and the folders above it, must be of a given user.</summary>
    internal static AccessPolicy Load(string path, uint owner)
    {
        byte[] text;
        try
        {
            using var file = FileDescriptor.Open(path, OpenMode.ReadOnly);
            RequireTrusted(path, file, owner);
            text = ReadAll(path, file);
        }
        catch (LinuxException failure)
        {
            throw new PolicyException(path, failure.Message, failure);
        }

        return Parse(path, text);
    }

    /// <summary>Reads the text of a policy.</summary>
    internal static AccessPolicy Parse(string path, ReadOnlySpan<byte> text)
    {
        PolicyDocument document;
        try
        {
            document = JsonSerializer.Deserialize(text, PolicyJson.Default.PolicyDocument) ?? throw new PolicyException(path, "it is null.");
        }
        catch (JsonException failure)
        {
            throw new PolicyException(path, failure.Message, failure);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        return new AccessPolicy([.. document.Rules.Select(rule => Read(rule, problem => new PolicyException(path, $"rule \"{rule?.Name}\" {problem}"), names))]);
    }

    private static AccessRule Read(RuleDocument? rule, Func<string, PolicyException> refusal, HashSet<string> names)
    {
        if (rule is null) throw refusal("is null.");
        if (string.IsNullOrWhiteSpace(rule.Name)) throw refusal("has no name.");
        if (!names.Add(rule.Name)) throw refusal("is there twice: the log tells rules by their names.");
        if (rule.User is null && rule.Group is null && rule.Unit is null) throw refusal("is about everybody: name a user, a group or a unit.");
        if (rule.Unit is { } unit && !SystemdUnit.IsName(unit)) throw refusal($"names no systemd unit: {unit}. A service or a scope is one, such as vm.service or vm@.service.");
        if (rule.MemoryMiB < 0 || rule.MemoryMiB > long.MaxValue / MiB) throw refusal($"gives {rule.MemoryMiB} MiB of memory.");
        if (rule.Sessions is < 0 or > SessionLedger.Most) throw refusal($"gives {rule.Sessions} sessions: 0 to {SessionLedger.Most} is what there can be.");
        if (rule.SessionMemoryMiB < 0 || rule.SessionMemoryMiB > long.MaxValue / MiB) throw refusal($"gives {rule.SessionMemoryMiB} MiB of memory for sessions.");
        if (rule.SessionMemoryMiB > 0 && rule.Sessions == 0) throw refusal("gives memory for sessions (sessionMemoryMiB), and no session (sessions).");
        return new AccessRule(
            rule.Name,
            rule.User is { } user ? UserId(user) ?? throw refusal($"names a user whom this system does not have: {user}.") : null,
            rule.Group is { } group ? GroupId(group) ?? throw refusal($"names a group which this system does not have: {group}.") : null,
            rule.Unit,
            [.. rule.Devices.Select(device => DeviceSelector.TryParse(device ?? "") ?? throw refusal($"names no device: {device}. Write an address (0000:01:00.0), vendor and device (1b36:0010) or an IOMMU group (group:12)."))],
            rule.MemoryMiB * MiB,
            rule.Sessions,
            rule.SessionMemoryMiB * MiB);
    }

    private static uint? UserId(string name)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return id;
        return Syscall.getpwnam(name)?.pw_uid;
    }

    private static uint? GroupId(string name)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return id;
        return Syscall.getgrnam(name)?.gr_gid;
    }

    // What was opened, not what the path leads to by now; and the folders on the way to it, in which another file could be put in its place.
    private static void RequireTrusted(string path, FileDescriptor file, uint owner)
    {
        using (var lease = file.Lease())
        {
            if (Syscall.fstat(lease.Number, out var status) != 0) throw Failure("fstat", path);
            if ((status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG) throw new PolicyException(path, "it is no regular file.");
            RequireTrusted(path, path, status, owner, othersMayAdd: false);
        }

        for (var folder = Path.GetDirectoryName(file.LinkTarget); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Syscall.stat(folder, out var status) != 0) throw Failure("stat", folder);
            // In a sticky folder, such as /tmp, nobody can replace what is somebody else's.
            RequireTrusted(path, folder, status, owner, othersMayAdd: status.st_mode.HasFlag(FilePermissions.S_ISVTX));
        }
    }

    private static void RequireTrusted(string path, string what, Stat status, uint owner, bool othersMayAdd)
    {
        if (status.st_uid != owner && status.st_uid != Root) throw new PolicyException(path, $"{what} belongs to user {status.st_uid}, who could write a policy: chown root {what}");
        if (!othersMayAdd && (status.st_mode & OthersWrite) != default)
            throw new PolicyException(path, $"others than its owner may write to {what}: chmod go-w {what}");
    }

    private static byte[] ReadAll(string path, FileDescriptor file)
    {
        var text = new byte[MostBytes + 1];
        var length = 0;
        while (length < text.Length && file.ReadAt(text.AsSpan(length), length) is > 0 and var count) length += count;
        return length <= MostBytes ? text[..length] : throw new PolicyException(path, $"it has more than {MostBytes} bytes.");
    }

    private static LinuxException Failure(string call, string subject) => new((Linux.Errno)NativeConvert.FromErrno(Stdlib.GetLastError()), call, subject);
}
