namespace Devices.LiveUpdate.Protocol;

/// <summary>
/// The keeper's protocol: one JSON request a datagram on a <c>SOCK_SEQPACKET</c> socket, one JSON reply a datagram, descriptors beside them by
/// <c>SCM_RIGHTS</c> (one with "put" and "adopt-session", one with the reply to "get"). docs/keeper.md describes it.
/// </summary>
internal static class KeeperProtocol
{
    internal const int Version = 1;
    internal const int MaxMessage = 64 * 1024;

    // So that the longest names and targets, each character escaped, stay within a message.
    internal const int FdsPerPage = 20;
    internal const int SessionsPerPage = 100;

    internal const string StatusOp = "status";
    internal const string SessionsOp = "sessions";
    internal const string PutOp = "put";
    internal const string GetOp = "get";
    internal const string ListOp = "list";
    internal const string RemoveOp = "remove";
    internal const string CreateSessionOp = "create-session";
    internal const string AdoptSessionOp = "adopt-session";
    internal const string PreserveOp = "preserve";
    internal const string DiscardOp = "discard";
    internal const string RetrieveSessionOp = "retrieve-session";
    internal const string RetrieveFdOp = "retrieve-fd";
    internal const string FinishOp = "finish";
    internal const string StopOp = "stop";
}
