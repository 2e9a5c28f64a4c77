using System.Text;

namespace Devices.Tests.Varlink.Fuzz;

/// <summary>What a client sends in one go, well formed or not: bytes, in pieces, each with descriptors.</summary>
/// <param name="Pieces">The pieces, each one send.</param>
internal sealed record Barrage(IReadOnlyList<(byte[] Bytes, int Descriptors)> Pieces)
{
    /// <summary>All of its bytes.</summary>
    internal byte[] Bytes => [.. Pieces.SelectMany(static piece => piece.Bytes)];

    /// <summary>How many descriptors go with it.</summary>
    internal int Descriptors => Pieces.Sum(static piece => piece.Descriptors);

    /// <summary>Messages one after the other, cut anywhere.</summary>
    /// <param name="messages">The messages, without what ends them.</param>
    /// <param name="cuts">Where it is cut, in thousandths of its length.</param>
    /// <param name="descriptors">How many descriptors go with the pieces, one after the other.</param>
    internal static Barrage Of(IEnumerable<byte[]> messages, IEnumerable<int> cuts, IReadOnlyList<int> descriptors)
    {
        var bytes = messages.SelectMany(static (message, index) => index == 0 ? message : [0, .. message]).ToArray();
        int[] ends = [.. cuts.Select(cut => (int)((long)bytes.Length * cut / 1000)).Append(bytes.Length).Order().Distinct()];
        var pieces = ends.Select((end, index) => bytes[(index == 0 ? 0 : ends[index - 1])..end]).Where(static piece => piece.Length > 0);
        return new Barrage([.. pieces.Select((piece, index) => (piece, index < descriptors.Count ? descriptors[index] : 0))]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(" | ", Pieces.Select(static piece => $"{Encoding.Latin1.GetString(piece.Bytes)}{(piece.Descriptors == 0 ? "" : $" +{piece.Descriptors}")}"));
}
