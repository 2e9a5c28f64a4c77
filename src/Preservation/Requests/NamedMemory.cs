using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>
/// Memory that a keeper holds under a name of its own, for whatever program has its data in it. No session's end takes it away: a session that preserves it
/// holds it beside that name, and after the jump <see cref="Return"/> gives it its name back.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Since">Since when the keeper holds it, UTC.</param>
/// <param name="Session">The session that carries it, or that it came with and that is not finished; null for none.</param>
public sealed record NamedMemory(string Name, DateTimeOffset Since, SessionName? Session)
{
    // No session's: those names all have a slash.
    private const string Prefix = "memory:";

    /// <summary>Whether a text can be the name: that of a <see cref="KeptMemory"/>, and a letter first, so that it is no size.</summary>
    /// <param name="name">The text.</param>
    public static bool IsName(string? name) => KeptMemory.IsName(name) && char.IsAsciiLetter(name![0]);

    /// <summary>Creates memory of zeroes, of a size that is sealed, and has the keeper hold it.</summary>
    /// <param name="keeper">The keeper.</param>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its length in bytes, a multiple of the page size.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NameTaken"/>.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void Create(IFdKeeper keeper, string name, long length)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        using var file = MemFd.Create(Checked(name), length);
        keeper.Put(Prefix + name, file.Fd);
    }

    /// <summary>Opens memory.</summary>
    /// <param name="keeper">The keeper.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The memory, owned by the caller; null if the keeper has none of that name.</returns>
    public static MemFd? Open(IFdKeeper keeper, string name)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        return keeper.Get(Prefix + Checked(name)) is { } fd ? MemFd.Adopt(fd) : null;
    }

    /// <summary>Lists all.</summary>
    /// <param name="keeper">The keeper.</param>
    /// <returns>Ordered by name.</returns>
    public static IReadOnlyList<NamedMemory> List(IFdKeeper keeper)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        var sessions = keeper.Status().Sessions.Select(static session => session.Name).ToHashSet();
        var held = keeper.List();
        return
        [
            .. held.Where(static fd => fd.Name.StartsWith(Prefix, StringComparison.Ordinal) && IsName(fd.Name[Prefix.Length..])).Select(fd =>
            {
                var name = fd.Name[Prefix.Length..];
                return new NamedMemory(name, fd.Since, held.FirstOrDefault(copy => copy.Session is { } session && sessions.Contains(session) && IsOf(keeper, session, name, copy))?.Session);
            }),
        ];
    }

    /// <summary>Has the keeper let go of memory. Who has it open or mapped keeps it, and so does a session.</summary>
    /// <param name="keeper">The keeper.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Whether there was one of that name.</returns>
    public static bool Remove(IFdKeeper keeper, string name)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        return keeper.Remove(Prefix + Checked(name));
    }

    /// <summary>Whether a session's memory can have its name: nothing else has it.</summary>
    /// <param name="keeper">The keeper.</param>
    /// <param name="session">A session that came over and is verified.</param>
    /// <param name="name">The memory's name in the session.</param>
    public static bool CanReturn(IFdKeeper keeper, SessionName session, string name)
    {
        using var present = Open(keeper, name);
        if (present is null) return true;
        using var arrived = OpenIn(keeper, session, name);
        return arrived is not null && arrived.IsSameAs(present);
    }

    /// <summary>
    /// Gives memory that a session brought over its name back, instead of the session's own name for it. To be called before the session is finished; repeating it,
    /// after another verification in another process too, is harmless.
    /// </summary>
    /// <param name="keeper">The keeper.</param>
    /// <param name="session">The session.</param>
    /// <param name="name">The memory's name in the session.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NameTaken"/>: by other memory.</exception>
    public static void Return(IFdKeeper keeper, SessionName session, string name)
    {
        using (var arrived = OpenIn(keeper, session, name) ?? throw new KeeperException(KeeperProblem.NoSuchName, $"Session {session} has brought no memory '{name}'."))
        using (var present = Open(keeper, name))
        {
            if (present is null || !present.IsSameAs(arrived)) keeper.Put(Prefix + name, arrived.Fd);
        }

        keeper.Remove(new KeeperNames(session).Memory(name));
    }

    // A session may have other memory by that name, which devices have mapped.
    private static bool IsOf(IFdKeeper keeper, SessionName session, string name, KeptFd copy)
    {
        if (copy.Name != new KeeperNames(session).Memory(name)) return false;
        using var own = Open(keeper, name);
        using var its = OpenIn(keeper, session, name);
        return own is not null && its is not null && own.IsSameAs(its);
    }

    private static MemFd? OpenIn(IFdKeeper keeper, SessionName session, string name) => keeper.Get(new KeeperNames(session).Memory(name)) is { } fd ? MemFd.Adopt(fd) : null;

    private static string Checked(string name) => IsName(name) ? name : throw new ArgumentException($"'{name}' cannot name memory: a letter first, then letters, digits, '-', '_' or '.', at most {KeptMemory.MaxNameLength}.", nameof(name));
}
