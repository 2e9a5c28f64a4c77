using System.Net;

namespace Devices.CloudHypervisor;

/// <summary>Cloud Hypervisor refused a request.</summary>
public sealed class CloudHypervisorException : Exception
{
    internal CloudHypervisorException(string request, string? device, HttpStatusCode status, IReadOnlyList<string> reasons, string? remedy = null)
        : base($"Cloud Hypervisor refused {request}{(device is null ? "" : $" of device '{device}'")} ({(int)status} {status}): {Joined(reasons)}{(remedy is null ? "" : $". {remedy}")}")
    {
        Request = request;
        Device = device;
        Status = status;
        Reasons = reasons;
    }

    /// <summary>The request: <c>vm.add-device</c>.</summary>
    public string Request { get; }

    /// <summary>The id of the device that it was about, or null.</summary>
    public string? Device { get; }

    /// <summary>The status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What Cloud Hypervisor says, from the outermost error to its cause; for people, its words change from release to release.</summary>
    public IReadOnlyList<string> Reasons { get; }

    private static string Joined(IReadOnlyList<string> reasons) => reasons.Count == 0 ? "it does not say why" : string.Join(": ", reasons.Select(static reason => reason.TrimEnd('.')));
}
