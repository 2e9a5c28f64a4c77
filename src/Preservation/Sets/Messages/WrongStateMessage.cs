namespace Devices.Preservation.Members;

/// <summary>The error <c>WrongState</c>.</summary>
internal sealed record WrongStateMessage(MemberState State, string Cause, string Remedy);
