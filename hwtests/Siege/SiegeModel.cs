using System.Security.Cryptography;
using Devices.LiveUpdate;

namespace Devices.HwTests.Siege;

/// <summary>What a keeper has to hold, by what its worker said: all that was done, none of what was undone, and either of what it was about to do when it was killed.</summary>
internal sealed class SiegeModel
{
    private readonly Dictionary<string, string> _memories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sessionOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);

    /// <summary>How many things were done.</summary>
    internal int Done { get; private set; }

    /// <summary>Takes in what a worker said, the keeper's state settling what was not heard the end of.</summary>
    /// <returns>What is not as it has to be; empty if all is.</returns>
    internal IReadOnlyList<string> Check(IReadOnlyList<string> said, IFdKeeper keeper)
    {
        foreach (var line in said.Where(static line => line.StartsWith($"{SiegeWorker.Did} ", StringComparison.Ordinal))) Apply(line[(SiegeWorker.Did.Length + 1)..].Split(' '));
        var pending = said.LastOrDefault(static line => line.StartsWith($"{SiegeWorker.Will} ", StringComparison.Ordinal) || line.StartsWith($"{SiegeWorker.Did} ", StringComparison.Ordinal));
        var faults = Compare(keeper);
        if (faults.Count == 0 || pending is null || !pending.StartsWith(SiegeWorker.Will, StringComparison.Ordinal)) return faults;
        Apply(pending[(SiegeWorker.Will.Length + 1)..].Split(' '));
        return Compare(keeper);
    }

    private void Apply(string[] words)
    {
        Done++;
        switch (words)
        {
            case ["put", var name, var hash]:
                _memories[name] = hash;
                break;
            case ["create", var session]:
                _sessions.Add(session);
                break;
            case ["preserve", var session, var name, _]:
                _sessionOf[name] = session;
                break;
            case ["discard", var session]:
                _sessions.Remove(session);
                foreach (var name in _sessionOf.Where(each => each.Value == session).Select(static each => each.Key).ToList()) _sessionOf.Remove(name);
                break;
            case ["remove", var name]:
                _memories.Remove(name);
                break;
            default:
                throw new InvalidDataException($"The worker did what is not known: {string.Join(' ', words)}");
        }
    }

    private List<string> Compare(IFdKeeper keeper)
    {
        var kept = keeper.List().ToDictionary(static each => each.Name, StringComparer.Ordinal);
        var sessions = keeper.Status().Sessions.Select(static each => each.Name.Value).ToHashSet(StringComparer.Ordinal);
        List<string> faults =
        [
            .. _memories.Keys.Except(kept.Keys, StringComparer.Ordinal).Select(static name => $"{name} is lost"),
            .. kept.Keys.Except(_memories.Keys, StringComparer.Ordinal).Select(static name => $"{name} is there though it was removed"),
            .. _sessions.Except(sessions, StringComparer.Ordinal).Select(static name => $"session {name} is lost"),
            .. sessions.Except(_sessions, StringComparer.Ordinal).Select(static name => $"session {name} is there though it was discarded"),
            .. _sessionOf.Where(each => kept.TryGetValue(each.Key, out var fd) && fd.Session?.Value != each.Value).Select(static each => $"{each.Key} is no longer preserved in {each.Value}"),
        ];
        foreach (var (name, hash) in _memories.Where(each => kept.ContainsKey(each.Key)))
        {
            using var fd = keeper.Get(name)!;
            var content = new byte[fd.Length];
            fd.ReadExactlyAt(content, 0);
            if (Convert.ToHexString(SHA256.HashData(content)) != hash) faults.Add($"{name} has another content");
        }

        return faults;
    }
}
