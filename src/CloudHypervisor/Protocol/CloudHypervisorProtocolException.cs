namespace Devices.CloudHypervisor;

/// <summary>The other end does not speak Cloud Hypervisor's API.</summary>
public sealed class CloudHypervisorProtocolException : Exception
{
    internal CloudHypervisorProtocolException(string socket, string request, string problem, Exception? cause = null)
        : base($"{socket}: what answered {request} is not as Cloud Hypervisor's API has it: {problem}. Is it an --api-socket of Cloud Hypervisor?", cause)
    {
    }
}
