using Devices.Linux;

namespace Devices.LiveUpdate.Protocol;

/// <summary>Carries out requests on a keeper: what each operation of the protocol does.</summary>
internal sealed class KeeperDispatcher(InProcessKeeper keeper)
{
    /// <summary>Gets whether a client was granted "stop".</summary>
    internal bool StopAsked { get; private set; }

    /// <summary>Does what is asked.</summary>
    /// <param name="request">The request, of this protocol version.</param>
    /// <param name="descriptors">What came with it; stays the caller's.</param>
    /// <param name="passed">What goes with the reply, owned by the caller.</param>
    /// <exception cref="Exception">Whatever the keeper or the kernel has against it.</exception>
    internal KeeperReply Execute(KeeperRequest request, IReadOnlyList<FileDescriptor> descriptors, out FileDescriptor? passed)
    {
        passed = null;
        var expected = request.Op is KeeperProtocol.PutOp or KeeperProtocol.AdoptSessionOp ? 1 : 0;
        if (descriptors.Count != expected)
            throw Misunderstood($"'{request.Op}' takes {expected} descriptors and came with {descriptors.Count}");
        switch (request.Op)
        {
            case KeeperProtocol.StatusOp:
                var status = keeper.Status();
                return new KeeperReply { Status = new StatusMessage(status.ProcessId, status.BootId, status.Since, status.FdCount) };
            case KeeperProtocol.SessionsOp:
                return new KeeperReply
                {
                    Sessions = [.. keeper.Sessions().Skip(request.Skip).Take(KeeperProtocol.SessionsPerPage)
                        .Select(session => new SessionMessage(session.Name.Value, session.Direction == SessionDirection.Incoming, session.Since))],
                };
            case KeeperProtocol.PutOp:
                keeper.Put(Name(request), descriptors[0], request.Replace);
                break;
            case KeeperProtocol.GetOp:
                passed = keeper.Get(Name(request));
                return new KeeperReply { Found = passed is not null };
            case KeeperProtocol.ListOp:
                return new KeeperReply
                {
                    Fds = [.. keeper.List(request.After, KeeperProtocol.FdsPerPage)
                        .Select(fd => new FdMessage(fd.Name, fd.Kind.ToString(), fd.Target, fd.Since, fd.Session?.Value, fd.Token?.Value))],
                };
            case KeeperProtocol.RemoveOp:
                return new KeeperReply { Found = keeper.Remove(Name(request)) };
            case KeeperProtocol.CreateSessionOp:
                keeper.CreateSession(Session(request));
                break;
            case KeeperProtocol.AdoptSessionOp:
                return new KeeperReply { Session = keeper.AdoptSession(descriptors[0]).Value };
            case KeeperProtocol.PreserveOp:
                keeper.Preserve(Session(request), Name(request), Token(request));
                break;
            case KeeperProtocol.DiscardOp:
                keeper.Discard(Session(request));
                break;
            case KeeperProtocol.RetrieveSessionOp:
                keeper.RetrieveSession(Session(request));
                break;
            case KeeperProtocol.RetrieveFdOp:
                keeper.RetrieveFd(Session(request), Token(request), Name(request));
                break;
            case KeeperProtocol.FinishOp:
                keeper.Finish(Session(request));
                break;
            case KeeperProtocol.StopOp:
                var held = keeper.Status();
                if (held.IsHolding && !request.Force)
                    throw new KeeperException(KeeperProblem.StillHolding, $"The keeper holds {held.FdCount} descriptors and {held.Sessions.Count} sessions, which would be lost: remove and finish them, or force it.");
                StopAsked = true;
                break;
            default:
                throw Misunderstood($"there is no operation '{request.Op}'");
        }
        return new KeeperReply();
    }

    private static string Name(KeeperRequest request) => request.Name ?? throw Misunderstood($"'{request.Op}' takes a name");

    private static SessionName Session(KeeperRequest request) => new(request.Session ?? throw Misunderstood($"'{request.Op}' takes a session"));

    private static FdToken Token(KeeperRequest request) => new(request.Token ?? throw Misunderstood($"'{request.Op}' takes a token"));

    internal static KeeperException Misunderstood(string why) => new(KeeperProblem.Protocol, $"The keeper did not understand: {why}.");
}
