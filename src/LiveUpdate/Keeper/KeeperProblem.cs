namespace Devices.LiveUpdate;

/// <summary>Why a keeper refused.</summary>
public enum KeeperProblem
{
    /// <summary>The name is taken by another descriptor.</summary>
    NameTaken,

    /// <summary>No descriptor of that name is held.</summary>
    NoSuchName,

    /// <summary>The keeper holds a session of that name already.</summary>
    SessionTaken,

    /// <summary>The keeper holds no session of that name and direction.</summary>
    NoSuchSession,

    /// <summary>The keeper was asked to end while it holds something.</summary>
    StillHolding,

    /// <summary>The keeper did not understand the request, or the caller did not understand the answer: their releases differ.</summary>
    Protocol,

    /// <summary>The connection was lost: the keeper has ended, or has thrown this client out. Whether the last call took effect is not known.</summary>
    ConnectionLost,

    /// <summary>The other end is not to be trusted: it runs under another user's id.</summary>
    NotTrusted,

    /// <summary>Another keeper is alive at that path.</summary>
    AlreadyRunning,
}
