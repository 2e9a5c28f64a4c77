namespace Devices.Broker;

/// <summary>What <c>WrongState</c> carries.</summary>
internal sealed record WrongStateReport(string Session, SessionState State, string Cause, string Remedy);
