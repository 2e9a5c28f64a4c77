using Devices.Linux;

namespace Devices.Varlink;

/// <summary>A message as it came, with the descriptors that nobody has taken yet.</summary>
internal sealed class FramedMessage(byte[] json, FileDescriptor?[] descriptors) : IDisposable
{
    /// <summary>Its bytes, without the NUL.</summary>
    internal ReadOnlyMemory<byte> Json => json;

    /// <summary>How many descriptors came with it.</summary>
    internal int DescriptorCount => descriptors.Length;

    /// <summary>Gives a descriptor to the caller; null if there is none of that index, or it was taken.</summary>
    internal FileDescriptor? Take(long index)
    {
        if (index < 0 || index >= descriptors.Length) return null;
        var taken = descriptors[index];
        descriptors[index] = null;
        return taken;
    }

    /// <summary>Closes the descriptors that were not taken.</summary>
    public void Dispose()
    {
        foreach (var descriptor in descriptors) descriptor?.Dispose();
    }
}
