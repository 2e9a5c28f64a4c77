namespace Devices.Linux;

/// <summary>A message as it came on a <see cref="MessageStream"/>, with the descriptors that nobody has taken yet.</summary>
public sealed class FramedMessage : IDisposable
{
    private readonly FileDescriptor?[] _descriptors;

    internal FramedMessage(byte[] bytes, FileDescriptor?[] descriptors)
    {
        Bytes = bytes;
        _descriptors = descriptors;
    }

    /// <summary>Its bytes, without the one that ends it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>How many descriptors came with it.</summary>
    public int DescriptorCount => _descriptors.Length;

    /// <summary>Gives a descriptor to the caller; null if there is none of that index, or it was taken.</summary>
    /// <param name="index">Its index.</param>
    public FileDescriptor? Take(long index)
    {
        if (index < 0 || index >= _descriptors.Length) return null;
        var taken = _descriptors[index];
        _descriptors[index] = null;
        return taken;
    }

    /// <summary>Closes the descriptors that were not taken.</summary>
    public void Dispose()
    {
        foreach (var descriptor in _descriptors) descriptor?.Dispose();
    }
}
