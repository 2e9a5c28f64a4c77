using System.Net;

namespace Devices.CloudHypervisor;

/// <summary>The ways out of refusals, by what the API's description says that a status means.</summary>
internal static class Remedies
{
    /// <summary>The way out; null where Cloud Hypervisor's own words are all there is.</summary>
    internal static string? For(string request, HttpStatusCode status) => (request, status) switch
    {
        (CloudHypervisorMachine.AddDeviceRequest, HttpStatusCode.BadRequest) => "Devices by descriptor are taken by releases after v52, of a VM that was started with --platform iommufd=on; the id has to be new.",
        (CloudHypervisorMachine.AddDeviceRequest, HttpStatusCode.Conflict) => "It has a device of that id already: give another one, or remove that first.",
        (CloudHypervisorMachine.AddDeviceRequest, HttpStatusCode.NotFound) => "There is no VM yet: create it first, or start Cloud Hypervisor with the device (devkeep run).",
        (CloudHypervisorMachine.AddDeviceRequest, HttpStatusCode.InternalServerError) => "Is the device open in another process, or RLIMIT_MEMLOCK of Cloud Hypervisor below the guest's memory?",
        (CloudHypervisorMachine.RemoveDeviceRequest, HttpStatusCode.NotFound) => "There is no VM, or it has no such device: vm.info tells its devices.",
        (CloudHypervisorMachine.RestoreRequest, HttpStatusCode.NotFound) => "It has a VM already: restore into a Cloud Hypervisor that was started with --api-socket alone.",
        (CloudHypervisorMachine.RestoreRequest, HttpStatusCode.BadRequest) => "Each device that the snapshot had by descriptor needs one, by its id, and an iommufd; no others may be given.",
        (CloudHypervisorMachine.SnapshotRequest, HttpStatusCode.MethodNotAllowed) => "It takes a snapshot of a VM that was booted, and is paused.",
        (_, HttpStatusCode.NotFound) => "There is no VM yet.",
        (_, HttpStatusCode.MethodNotAllowed) => "The VM is not in the state for it: vm.info tells its state.",
        _ => null,
    };
}
