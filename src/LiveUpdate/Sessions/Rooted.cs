namespace Devices.LiveUpdate;

/// <summary>
/// Keeps objects from the garbage collector whose handles must not be closed by a finaliser: the kernel ties memory and devices to open
/// files, so a session that merely went out of scope would be lost.
/// </summary>
internal static class Rooted
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<object> s_objects = new(ReferenceEqualityComparer.Instance);

    internal static void Add(object value)
    {
        lock (s_gate)
            s_objects.Add(value);
    }

    internal static void Remove(object value)
    {
        lock (s_gate)
            s_objects.Remove(value);
    }
}
