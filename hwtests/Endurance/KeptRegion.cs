using Devices.Linux;

namespace Devices.HwTests.Endurance;

/// <summary>Memory that is filled anew in every round, and verified to the last byte in the next kernel.</summary>
internal sealed class KeptRegion(string name, MemFd file, ulong seed, uint headerBytes = 0)
{
    private const int Window = 16 << 20;

    /// <summary>How many bytes a verification compares.</summary>
    internal ulong Length => (ulong)file.Length - headerBytes;

    internal void Fill(int round)
    {
        var pattern = new RoundPattern(seed, (ulong)round);
        ForEachWindow((bytes, position) => pattern.Fill(bytes, position));
    }

    internal void Verify(int round)
    {
        var pattern = new RoundPattern(seed, (ulong)round);
        ForEachWindow((bytes, position) => pattern.Verify(bytes, position, $"memory \"{name}\" of round {round}"));
    }

    private void ForEachWindow(OnWindow work)
    {
        using var mapping = file.Map();
        for (var position = (ulong)headerBytes; position < (ulong)file.Length; position += Window)
            work(mapping.Span((nuint)position, (int)Math.Min(Window, (ulong)file.Length - position)), position);
    }

    private delegate void OnWindow(Span<byte> bytes, ulong position);
}
