using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>
/// Holds descriptors by name, and live update sessions. The kernel ties everything to open files: a session's close frees memory, a device's
/// last close resets it. What a keeper holds survives the death of whoever works with it.
/// </summary>
/// <remarks>
/// Session calls are made inside of the keeper, so that at no instant a session or a retrieved file exists in the worker alone. They may be repeated by a new
/// worker that does not know how far the last one came: what says "already" below is success. Safe for concurrent use: devices are restored side by side.
/// </remarks>
public interface IFdKeeper
{
    /// <summary>Asks who the keeper is and how much it holds.</summary>
    /// <returns>The status now.</returns>
    KeeperStatus Status();

    /// <summary>Puts a descriptor into the keeper, which holds a duplicate of its own.</summary>
    /// <param name="name">Its name: 1 to 128 printable ASCII characters without blanks.</param>
    /// <param name="fd">The descriptor, still the caller's.</param>
    /// <param name="replace">Whether a descriptor of that name is given up for it. Giving up a device's last descriptor resets the device.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NameTaken"/>.</exception>
    void Put(string name, FileDescriptor fd, bool replace = false);

    /// <summary>Takes a duplicate of a held descriptor.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>A descriptor of the same open file, owned by the caller; null when the keeper holds none of that name.</returns>
    FileDescriptor? Get(string name);

    /// <summary>Lists what is held.</summary>
    /// <returns>The descriptors, ordered by name.</returns>
    IReadOnlyList<KeptFd> List();

    /// <summary>Gives a descriptor up. If it was the last one of a device, the kernel resets the device.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Whether one of that name was held.</returns>
    bool Remove(string name);

    /// <summary>Creates a session to hand to the next kernel.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.SessionTaken"/>: the keeper holds one of that name, which <see cref="Status"/> shows.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    void CreateSession(SessionName name);

    /// <summary>
    /// Takes a session that somebody else created or retrieved, and holds it beside them: what it carries ends when both have given it up. One of its name and
    /// direction that the keeper holds already is success.
    /// </summary>
    /// <param name="session">The session's descriptor, still the caller's: one that a service manager passed, say (<c>LUOSession=</c> of systemd 262).</param>
    /// <returns>The name by which the keeper and the next kernel know it: the kernel's.</returns>
    /// <exception cref="LinuxException">It is no live update session.</exception>
    SessionName AdoptSession(FileDescriptor session);

    /// <summary>Preserves a held descriptor in an outgoing session. Already preserved there under that token by this keeper is success.</summary>
    /// <param name="session">A session of <see cref="CreateSession"/>.</param>
    /// <param name="name">The descriptor's name.</param>
    /// <param name="token">Its number in the session.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NoSuchSession"/>, <see cref="KeeperProblem.NoSuchName"/>.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    void Preserve(SessionName session, string name, FdToken token);

    /// <summary>Gives an outgoing session up: nothing of it reaches the next kernel. The descriptors stay held.</summary>
    /// <param name="session">A session of <see cref="CreateSession"/>.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NoSuchSession"/>.</exception>
    void Discard(SessionName session);

    /// <summary>Takes a session that the previous kernel left. Already taken by this keeper is success.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    void RetrieveSession(SessionName name);

    /// <summary>Brings a preserved file back and holds it. Already held under that name from that token is success.</summary>
    /// <param name="session">A session of <see cref="RetrieveSession"/>.</param>
    /// <param name="token">The file's number in the session.</param>
    /// <param name="name">The name to hold it by.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NoSuchSession"/>, <see cref="KeeperProblem.NameTaken"/> (nothing was retrieved).</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    void RetrieveFd(SessionName session, FdToken token, string name);

    /// <summary>Ends an incoming session: the kernel frees what was not retrieved. The descriptors stay held.</summary>
    /// <param name="session">A session of <see cref="RetrieveSession"/>.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NoSuchSession"/>.</exception>
    /// <exception cref="LinuxException">EBUSY: a file is not ready; the session stays.</exception>
    void Finish(SessionName session);
}
