namespace Devices.Qemu;

/// <summary>The other end does not speak QMP, or not within the limits: the connection is of no use any more.</summary>
public sealed class QmpProtocolException : Exception
{
    internal QmpProtocolException(string problem, Exception? cause = null)
        : base($"A message of QEMU's monitor is not as it must be: {problem}", cause)
    {
    }
}
