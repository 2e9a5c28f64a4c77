namespace Devices.Preservation;

/// <summary>A member of a set refused a step, did not answer, or has ended. The message names it.</summary>
public sealed class MemberException : Exception
{
    internal MemberException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
