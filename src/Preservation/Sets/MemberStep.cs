namespace Devices.Preservation;

/// <summary>A step that a member of a set took.</summary>
/// <param name="Member">The member.</param>
/// <param name="Step"><c>plan</c>, <c>preserve</c>, <c>freeze</c>, <c>confirm</c>, <c>thaw</c>, <c>discard</c>.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Failure">Why it failed; null if it did not.</param>
public sealed record MemberStep(ISetMember Member, string Step, TimeSpan Took, Exception? Failure);
