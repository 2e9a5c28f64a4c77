using System.Collections;

namespace Devices.Linux;

/// <summary>The interfaces of one part of the kernel, each with the Linux that brought it.</summary>
public sealed class KernelInterfaces : IReadOnlyList<KernelInterface>
{
    private readonly KernelInterface[] _all;
    private readonly Dictionary<string, KernelInterface> _byName;

    /// <summary>Makes a table.</summary>
    /// <param name="all">Its interfaces; names are different from each other.</param>
    /// <exception cref="ArgumentException">A name is there twice.</exception>
    public KernelInterfaces(params ReadOnlySpan<KernelInterface> all)
    {
        _all = all.ToArray();
        _byName = _all.ToDictionary(static each => each.Name, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public int Count => _all.Length;

    /// <inheritdoc/>
    public KernelInterface this[int index] => _all[index];

    /// <summary>The interface of a name, or null.</summary>
    /// <param name="name">Its name.</param>
    public KernelInterface? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Explains a failure by the kernel's age.</summary>
    /// <param name="name">The interface that the call needs.</param>
    /// <param name="errno">What the call left: the way in which the interface says that it does not know the call.</param>
    /// <param name="call">The call.</param>
    /// <param name="subject">What it was made on.</param>
    /// <param name="running">The kernel; the running one where null.</param>
    /// <returns>The exception to throw; null where the kernel is new enough, or nothing is known of the interface: the cause is another then.</returns>
    public KernelTooOldException? Explain(string name, Errno errno, string call, string subject, KernelRelease? running = null)
    {
        running ??= KernelRelease.Running;
        return Find(name) is { } needed && running.Version < needed.Since
            ? new KernelTooOldException(errno, call, subject, needed.Since, running)
            : null;
    }

    /// <inheritdoc/>
    public IEnumerator<KernelInterface> GetEnumerator() => ((IEnumerable<KernelInterface>)_all).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
