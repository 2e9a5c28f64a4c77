using Devices.Pci;

namespace Devices.Tests.Cli;

/// <summary>A function with the bytes of a dump, which a test changes as the device would, or that goes away.</summary>
internal sealed class WatchedFunction(ConfigSpaceDump dump) : IPciConfigSpace
{
    public byte[] Bytes { get; } = dump.Snapshot.Bytes.ToArray();

    public bool IsGone { get; set; }

    public int Reads { get; private set; }

    public int Length => Bytes.Length;

    public ConfigSpaceView View => ConfigSpaceView.Raw;

    public string Subject => dump.Address.ToString();

    public void Read(int offset, Span<byte> destination)
    {
        Reads++;
        if (IsGone)
            destination.Fill(0xff);
        else
            Bytes.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    public void Write(int offset, ReadOnlySpan<byte> source) => source.CopyTo(Bytes.AsSpan(offset));
}
