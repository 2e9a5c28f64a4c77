using Devices.Pci;

namespace Devices.HwTests.Cli;

/// <summary>A function whose byte at one offset reads as another than the device has: what was cached by mistake.</summary>
internal sealed class FalsifiedSpace(IPciConfigSpace space, int at) : IPciConfigSpace
{
    public int Length => space.Length;

    public ConfigSpaceView View => space.View;

    public string Subject => space.Subject;

    public void Read(int offset, Span<byte> destination)
    {
        space.Read(offset, destination);
        if (at >= offset && at < offset + destination.Length)
            destination[at - offset] ^= 1;
    }

    public void Write(int offset, ReadOnlySpan<byte> source) => space.Write(offset, source);
}
