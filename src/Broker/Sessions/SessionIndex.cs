using System.Text.Json;
using Devices.Linux;

namespace Devices.Broker;

/// <summary>All sessions of one direction. The kernel lists none that came over: who does not know their names has lost them.</summary>
/// <param name="Boot">The boot in which it was written.</param>
/// <param name="Sessions">The sessions.</param>
internal sealed record SessionIndex(Guid Boot, IReadOnlyList<SessionEntry> Sessions)
{
    internal static byte[] Write(IEnumerable<SessionEntry> sessions) => JsonSerializer.SerializeToUtf8Bytes(new SessionIndex(BootId.Current, [.. sessions]), StateJson.Default.SessionIndex);

    /// <summary>Reads one, and believes nothing of it that is not as <see cref="Write"/> writes it.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static SessionIndex Read(ReadOnlySpan<byte> text)
    {
        SessionIndex index;
        try
        {
            index = JsonSerializer.Deserialize(text, StateJson.Default.SessionIndex) ?? throw new InvalidDataException("it is null.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException(failure.Message, failure);
        }

        foreach (var session in index.Sessions) (session ?? throw new InvalidDataException("it has a session that is null.")).Check();
        return index.Sessions.DistinctBy(static session => session.Number).Count() == index.Sessions.Count ? index : throw new InvalidDataException("it has a number twice.");
    }
}
