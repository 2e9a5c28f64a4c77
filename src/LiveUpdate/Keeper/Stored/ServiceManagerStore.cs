using System.Globalization;
using Devices.Linux;
using Microsoft.Extensions.Logging;

namespace Devices.LiveUpdate.Stored;

/// <summary>
/// The service manager's duplicates of what a keeper holds, each by a name of its own, and a <see cref="StateFile"/> that tells what they are. What the manager
/// cannot be told the keeper holds all the same, alone: that is logged.
/// </summary>
/// <remarks>
/// The order makes every end of the process harmless: a descriptor is stored before the state lists it, and listed no more before it is given up. What is stored and not listed, the next process
/// gives up, and nobody was told that it was kept.
/// </remarks>
internal sealed partial class ServiceManagerStore(ILogger logger)
{
    private const string Prefix = "keeper-";
    private const string StateName = Prefix + "state";

    // Whoever waits for the keeper waits for it; a manager that is reloading its units answers a little later.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private StateFile? _file;
    private long _next = 1;

    /// <summary>Whether a descriptor that the manager passed is one of these.</summary>
    internal static bool Named(PassedFd passed) => passed.Name == StateName || KeyOf(passed.Name) is not null;

    /// <summary>Has the manager keep a descriptor; <see cref="Save"/> has to tell of it.</summary>
    /// <returns>Its key.</returns>
    internal long Keep(FileDescriptor fd)
    {
        var key = _next++;
        Tell(NameOf(key), name => ServiceManager.Store(name, fd));
        return key;
    }

    /// <summary>Writes down what the keeper holds, has the manager give up what it no longer does, and waits until that is done.</summary>
    internal void Save(StoredState state, params ReadOnlySpan<long> dropped)
    {
        if (state.Fds.Count == 0 && state.Sessions.Count == 0) ForgetState();
        else Tell(StateName, name => Write(name, state.Write()));
        foreach (var key in dropped) GiveUp(NameOf(key));
        Tell(StateName, static _ =>
        {
            if (!ServiceManager.Barrier(s_patience)) throw new InvalidDataException("the service manager has not confirmed it yet.");
        });
    }

    /// <summary>Takes what the manager kept, and what the last process wrote of it. What cannot be believed, or is of another boot, is given up.</summary>
    /// <param name="passed">What is <see cref="Named"/>; this object's from now on.</param>
    /// <returns>What is to be held, and the descriptors by key, the caller's from now on; null for nothing.</returns>
    internal (StoredState State, Dictionary<long, FileDescriptor> Fds)? Restore(IReadOnlyList<PassedFd> passed)
    {
        if (passed.Count == 0) return null;
        _next = passed.Max(static each => KeyOf(each.Name) ?? 0) + 1;
        StoredState? state = null;
        foreach (var each in passed.Where(static each => each.Name == StateName))
        {
            try
            {
                var file = StateFile.Adopt(each.Fd, out var content);
                _file?.Dispose();
                _file = file;
                state = StoredState.Read(content);
            }
            catch (Exception failure) when (failure is LinuxException or InvalidDataException)
            {
                LogLost(logger, failure.Message);
                state = null;
            }
        }

        var listed = state is null ? [] : state.Fds.Select(static fd => fd.Key).Concat(state.Sessions.Select(static session => session.Key)).ToHashSet();
        var fds = new Dictionary<long, FileDescriptor>();
        foreach (var (name, fd) in passed.Where(static each => each.Name != StateName))
        {
            if (listed.Contains(KeyOf(name)!.Value) && fds.TryAdd(KeyOf(name)!.Value, fd)) continue;
            LogNotListed(logger, name, fd.LinkTarget);
            fd.Dispose();
            if (!fds.ContainsKey(KeyOf(name)!.Value)) GiveUp(name);
        }

        if (state is not null) return (state, fds);
        ForgetState();
        return null;
    }

    /// <summary>Tells of what was listed and did not come.</summary>
    internal void Missed(string name) => LogMissed(logger, name);

    private static long? KeyOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var key) && key is > 0 and < long.MaxValue ? key : null;

    private static string NameOf(long key) => Prefix + key.ToString(CultureInfo.InvariantCulture);

    private void Write(string name, byte[] state)
    {
        if (_file is not null)
        {
            _file.Write(state);
            return;
        }

        var file = StateFile.Create(name);
        try
        {
            file.Write(state);
            ServiceManager.Store(name, file.Fd);
            _file = file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void ForgetState()
    {
        GiveUp(StateName);
        _file?.Dispose();
        _file = null;
    }

    private void GiveUp(string name) => Tell(name, static name => ServiceManager.Discard(name));

    private void Tell(string name, Action<string> tell)
    {
        try
        {
            tell(name);
        }
        catch (Exception failure) when (failure is LinuxException or InvalidDataException)
        {
            LogNotTold(logger, name, failure.Message);
        }
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Warning, Message = "If this process ends now, what it holds is lost or held on: of {Name} the service manager could not be told: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string name, string reason);

    [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "What the service manager kept is given up, because what was written of it cannot be used: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "The service manager kept {Name} ({Target}), which nobody was told was held: it is given up")]
    private static partial void LogNotListed(ILogger logger, string name, string target);

    [LoggerMessage(EventId = 303, Level = LogLevel.Error, Message = "The service manager has not kept {Name}: FileDescriptorStoreMax= of the unit may be too small, or systemd is older than 257 and the kernel has no kcmp (CONFIG_KCMP)")]
    private static partial void LogMissed(ILogger logger, string name);
}
