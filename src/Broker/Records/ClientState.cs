using System.Text.Json;
using Devices.Linux;

namespace Devices.Broker;

/// <summary>A client and what it has, as it is kept over the end of the service.</summary>
/// <param name="Boot">The boot in which it was written: descriptors that came over a kexec are of processes and devices that are no more.</param>
/// <param name="Process">The id of the client's process.</param>
/// <param name="User">Its user id when it connected.</param>
/// <param name="Groups">Its group ids then.</param>
/// <param name="Unit">The systemd unit that it was in.</param>
/// <param name="Devices">The devices that it has, or had and that are not free yet.</param>
/// <param name="Memory">The memory that counts as its own.</param>
internal sealed record ClientState(
    Guid Boot, int Process, uint User, IReadOnlyList<uint> Groups, string? Unit, IReadOnlyList<DeviceRecord> Devices, IReadOnlyList<MemoryRecord> Memory)
{
    internal ClientIdentity Identity => new(Process, User, Groups, Unit);

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, StateJson.Default.ClientState);

    /// <summary>Reads one, and believes nothing of it that is not as <see cref="Write"/> writes it.</summary>
    /// <exception cref="InvalidDataException">It is none, or one of another boot.</exception>
    internal static ClientState Read(ReadOnlySpan<byte> text)
    {
        ClientState state;
        try
        {
            state = JsonSerializer.Deserialize(text, StateJson.Default.ClientState) ?? throw new InvalidDataException("it is null.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException(failure.Message, failure);
        }

        if (state.Boot != BootId.Current) throw new InvalidDataException($"it is of the boot {state.Boot}, and this one is {BootId.Current}.");
        if (state.Process < 0) throw new InvalidDataException($"no process has the id {state.Process}.");
        if (state.Devices.Any(static device => device is null) || state.Memory.Any(static memory => memory is null or { Bytes: <= 0 })) throw new InvalidDataException("it lists what is no device and no memory.");
        foreach (var device in state.Devices) device.Check();
        return state;
    }
}
