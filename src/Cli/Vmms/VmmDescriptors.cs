using System.Globalization;
using Devices.Linux;

namespace Devices.Cli;

/// <summary>The open files that a VMM gets. Who disposes them before it has them gives everything back.</summary>
internal sealed class VmmDescriptors : IDisposable
{
    private readonly Dictionary<Placeholder, FileDescriptor> _named = [];

    /// <summary>All of them.</summary>
    internal IReadOnlyList<FileDescriptor> All => Connection is null ? [.. _named.Values] : [.. _named.Values, Connection];

    /// <summary>The connection that the others are tied to; null where they are open by themselves.</summary>
    internal FileDescriptor? Connection { get; private set; }

    /// <summary>The one that a placeholder stands for.</summary>
    internal FileDescriptor this[Placeholder placeholder] => _named[placeholder];

    /// <summary>Adds one that arguments name.</summary>
    /// <param name="placeholder">What stands for its number.</param>
    /// <param name="descriptor">The descriptor, owned by this object from now on.</param>
    internal void Add(Placeholder placeholder, FileDescriptor descriptor) => _named.Add(placeholder, descriptor);

    /// <summary>Adds the connection that the others are tied to, which no argument names.</summary>
    /// <param name="connection">The connection, owned by this object from now on.</param>
    internal void Tie(FileDescriptor connection) => Connection = connection;

    /// <summary>A plan's command line with the numbers in it.</summary>
    internal IReadOnlyList<string> Fill(VmmPlan plan) => [.. plan.Command.Select(argument => Placeholder.Fill(argument, placeholder => NumberOf(plan.Meant(placeholder))))];

    public void Dispose()
    {
        foreach (var descriptor in All) descriptor.Dispose();
    }

    // They stay open until the process is the VMM.
    private string NumberOf(Placeholder placeholder)
    {
        using var lease = _named[placeholder].Lease();
        return lease.Number.ToString(CultureInfo.InvariantCulture);
    }
}
