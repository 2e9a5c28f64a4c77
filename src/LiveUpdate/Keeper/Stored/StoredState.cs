using System.Text.Json;
using Devices.Linux;

namespace Devices.LiveUpdate.Stored;

/// <summary>What a keeper holds, as its next process reads it.</summary>
/// <param name="Boot">The boot in which it was written: in another one the descriptors are not what they were.</param>
/// <param name="Fds">The descriptors.</param>
/// <param name="Sessions">The sessions.</param>
internal sealed record StoredState(Guid Boot, IReadOnlyList<StoredFd> Fds, IReadOnlyList<StoredSession> Sessions)
{
    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, StoredJson.Default.StoredState);

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">It is none, or one of another boot.</exception>
    internal static StoredState Read(ReadOnlySpan<byte> text)
    {
        StoredState state;
        try
        {
            state = JsonSerializer.Deserialize(text, StoredJson.Default.StoredState) ?? throw new InvalidDataException("it is empty.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"it is not as this release writes it ({failure.Message})", failure);
        }

        return state.Boot == BootId.Current ? state : throw new InvalidDataException($"it is of the boot {state.Boot}, and this one is {BootId.Current}.");
    }
}
