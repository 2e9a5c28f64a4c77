namespace Devices.Varlink;

/// <summary>The other end does not speak Varlink, or not within the limits: the connection is of no use any more.</summary>
public sealed class VarlinkProtocolException : Exception
{
    internal VarlinkProtocolException(string problem, Exception? cause = null)
        : base($"A Varlink message is not as it must be: {problem}", cause)
    {
    }
}
