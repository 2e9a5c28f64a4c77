using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>The bytes of a configuration space at one moment: immutable, equal by its bytes, readable like any other space.</summary>
public sealed class ConfigSpaceSnapshot : IPciConfigSpace, IEquatable<ConfigSpaceSnapshot>
{
    private readonly byte[] _bytes;

    private ConfigSpaceSnapshot(byte[] bytes, string subject, ConfigSpaceView view)
    {
        _bytes = bytes;
        Subject = subject;
        View = view;
    }

    /// <inheritdoc/>
    public int Length => _bytes.Length;

    /// <inheritdoc/>
    public ConfigSpaceView View { get; }

    /// <inheritdoc/>
    public string Subject { get; }

    /// <summary>The bytes, from offset 0.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a whole space: one hardware transaction a dword.</summary>
    /// <param name="space">The space.</param>
    /// <returns>The snapshot.</returns>
    public static ConfigSpaceSnapshot Capture(IPciConfigSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        var bytes = new byte[space.Length];
        space.Read(0, bytes);
        return new ConfigSpaceSnapshot(bytes, space.Subject, space.View);
    }

    /// <summary>A snapshot of bytes that were kept.</summary>
    /// <param name="bytes">The bytes, from offset 0; copied.</param>
    /// <param name="subject">Whose they are, for messages.</param>
    /// <param name="view">The view that they are of.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="ArgumentException">There are more than 4096 bytes.</exception>
    public static ConfigSpaceSnapshot FromBytes(ReadOnlySpan<byte> bytes, string subject, ConfigSpaceView view = ConfigSpaceView.Raw)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (bytes.Length > PciRegs.PCI_CFG_SPACE_EXP_SIZE)
            throw new ArgumentException($"{subject}: {bytes.Length} bytes are no configuration space, which has {PciRegs.PCI_CFG_SPACE_EXP_SIZE} at most", nameof(bytes));
        return new ConfigSpaceSnapshot(bytes.ToArray(), subject, view);
    }

    /// <inheritdoc/>
    public void Read(int offset, Span<byte> destination)
    {
        ConfigSpaceBounds.Check(this, offset, destination.Length);
        _bytes.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    /// <summary>Not possible: a snapshot does not change.</summary>
    /// <inheritdoc/>
    public void Write(int offset, ReadOnlySpan<byte> source) =>
        throw new NotSupportedException($"{Subject}: a snapshot of configuration space cannot be written");

    /// <summary>
    /// Compares register by register with what is found later. The layout (header type, capabilities) is this snapshot's. Bytes that belong to no
    /// named register are compared as dwords, words or bytes, by alignment.
    /// </summary>
    /// <param name="found">What was found.</param>
    /// <returns>The registers that differ, in order of offset.</returns>
    /// <exception cref="ArgumentException">The snapshots are of different views, or of different lengths, as views of different privileges are.</exception>
    public IReadOnlyList<ConfigSpaceDifference> Differences(ConfigSpaceSnapshot found)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (found.View != View)
            throw new ArgumentException($"{Subject}: the view {View} was saved and the view {found.View} found: they show different things", nameof(found));
        if (found.Length != Length)
        {
            throw new ArgumentException(
                $"{Subject}: {Length} bytes of configuration space were saved and {found.Length} found: compare views of the same length", nameof(found));
        }

        var differences = new List<ConfigSpaceDifference>();
        foreach (var register in RegisterMap.Of(this))
        {
            var saved = ValueAt(register.Offset, register.Width);
            var now = found.ValueAt(register.Offset, register.Width);
            if (saved != now)
                differences.Add(new ConfigSpaceDifference(register.Offset, register.Width, saved, now, register.Name, register.Capability));
        }

        return differences;
    }

    /// <summary>Whether the bytes are the same; whose they are does not count.</summary>
    /// <param name="other">The other snapshot.</param>
    /// <returns>True if they are.</returns>
    public bool Equals(ConfigSpaceSnapshot? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConfigSpaceSnapshot);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    private uint ValueAt(int offset, int width) => width switch
    {
        1 => _bytes[offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset)),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset)),
    };
}
