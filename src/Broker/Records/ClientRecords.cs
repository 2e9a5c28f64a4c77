using System.Globalization;
using Devices.Linux;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>
/// What must not die with the service: who has what. The service manager keeps two descriptors of each client that has something, by one name: its process's, and a
/// <see cref="StateFile"/>, which is written whenever that changes. Without a manager nothing is kept. For many threads.
/// </summary>
internal sealed class ClientRecords(ClaimLedger ledger, MemoryAllowance memory, ILogger logger) : IDisposable
{
    private const string NamePrefix = "client-";

    // The manager is asked once for each client; where it does not answer, reloading say, the client need not wait for it.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<BrokerClient, (string Name, StateFile File)> _kept = [];
    private long _next = 1;

    /// <summary>Whether a descriptor that the manager passed is one of these.</summary>
    internal static bool Named(PassedFd passed) => NumberOf(passed.Name) is not null;

    /// <summary>Writes down what a client has, before it is told that it has it.</summary>
    internal void Save(BrokerClient client)
    {
        try
        {
            if (ServiceManager.IsPresent && SaveAndTell(client) && !ServiceManager.Barrier(s_patience))
                BrokerLog.NotKept(logger, client, "the service manager has not confirmed it yet");
        }
        catch (Exception failure) when (failure is LinuxException or InvalidDataException or ObjectDisposedException)
        {
            // The client can work all the same; or it has left, and was never written down.
            BrokerLog.NotKept(logger, client, failure.Message);
        }
    }

    /// <summary>Reads what the manager kept, the newest first. What cannot be believed is dropped: as to a service that never knew of it.</summary>
    /// <param name="passed">The descriptors; this object's from now on.</param>
    /// <param name="rulesFor">The rules of today's policy about a client.</param>
    internal IReadOnlyList<FormerClient> Restore(IEnumerable<PassedFd> passed, Func<ClientIdentity, IReadOnlyList<AccessRule>> rulesFor)
    {
        var clients = new List<FormerClient>();
        lock (_lock)
        {
            foreach (var pair in passed.GroupBy(static each => each.Name, static each => each.Fd, StringComparer.Ordinal).OrderByDescending(static pair => NumberOf(pair.Key)))
            {
                _next = Math.Max(_next, NumberOf(pair.Key)!.Value + 1);
                if (Restore(pair.Key, [.. pair], rulesFor) is { } client) clients.Add(client);
            }
        }

        return clients;
    }

    /// <summary>Closes what is open here; the manager keeps its own.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (_, file) in _kept.Values) file.Dispose();
            _kept.Clear();
        }
    }

    private static long? NumberOf(string name) =>
        name.StartsWith(NamePrefix, StringComparison.Ordinal) && long.TryParse(name.AsSpan(NamePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue
            ? number
            : null;

    // Whether the manager was given something new.
    private bool SaveAndTell(BrokerClient client)
    {
        lock (_lock)
        {
            DeviceRecord[] devices = [.. ledger.HeldFor(client).Select(DeviceRecord.Of)];
            MemoryRecord[] amounts = [.. memory.Of(client)];
            var isKept = _kept.TryGetValue(client, out var kept);
            if (devices.Length == 0 && amounts.Length == 0)
            {
                if (isKept) Forget(client, kept);
                return false;
            }

            var identity = client.Identity;
            var state = new ClientState(BootId.Current, identity.ProcessId, identity.UserId, identity.Groups, identity.Unit, devices, amounts).Write();
            if (isKept)
            {
                kept.File.Write(state);
                return false;
            }

            if (client.Process is not { } process) throw new InvalidDataException("this kernel, older than 6.5, does not tell which process it is.");
            var name = $"{NamePrefix}{_next.ToString(CultureInfo.InvariantCulture)}";
            var file = StateFile.Create(name);
            try
            {
                file.Write(state);
                ServiceManager.Store(name, file.Fd, process.Fd);
                _kept.Add(client, (name, file));
                _next++;
                return true;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    private void Forget(BrokerClient client, (string Name, StateFile File) kept)
    {
        _kept.Remove(client);
        kept.File.Dispose();
        ServiceManager.Discard(kept.Name);
    }

    private FormerClient? Restore(string name, IReadOnlyList<FileDescriptor> descriptors, Func<ClientIdentity, IReadOnlyList<AccessRule>> rulesFor)
    {
        try
        {
            var process = descriptors.Select(ProcessFd.TryAdopt).FirstOrDefault(static each => each is not null);
            if (descriptors.Count != 2 || process is null) throw new InvalidDataException("it is not a process and a memfd.");
            var file = StateFile.Adopt(descriptors.First(each => each != process.Fd), out var content);
            try
            {
                var state = ClientState.Read(content);
                if (process.Id is { } id && id != state.Process) throw new InvalidDataException($"it is about the process {state.Process}, and with it was kept {id}.");
                var client = new BrokerClient(state.Identity, rulesFor(state.Identity), process, isConnected: false);
                _kept.Add(client, (name, file));
                return new FormerClient(client, state);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception failure) when (failure is LinuxException or InvalidDataException)
        {
            BrokerLog.RecordLost(logger, name, failure.Message);
            foreach (var descriptor in descriptors) descriptor.Dispose();
            Discard(name);
            return null;
        }
    }

    private void Discard(string name)
    {
        try
        {
            ServiceManager.Discard(name);
        }
        catch (LinuxException failure)
        {
            // The next run drops it again.
            BrokerLog.RecordLost(logger, name, failure.Message);
        }
    }
}
