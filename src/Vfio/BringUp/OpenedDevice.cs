using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A device that <see cref="VfioDevice.OpenMany"/> opened: attached, its vectors armed. Disposing closes it.</summary>
public sealed class OpenedDevice : IDisposable
{
    private readonly EventFd[] _vectors;

    private OpenedDevice(IoasAttachment attachment, EventFd[] vectors)
    {
        Attachment = attachment;
        _vectors = vectors;
    }

    /// <summary>The device's attachment to its address space.</summary>
    public IoasAttachment Attachment { get; }

    /// <summary>The device.</summary>
    public IommufdDevice Device => Attachment.Device;

    /// <summary>The eventfds of its MSI-X vectors, from 0 on; owned by this object.</summary>
    public IReadOnlyList<EventFd> Vectors => _vectors;

    /// <summary>Closes the device, then its eventfds.</summary>
    /// <exception cref="LinuxException">An interrupt could not be disarmed; all the rest is done.</exception>
    public void Dispose()
    {
        try
        {
            Device.Dispose();
        }
        finally
        {
            foreach (var vector in _vectors) vector.Dispose();
        }
    }

    internal static OpenedDevice Open(DeviceToOpen request)
    {
        using var cdev = VfioCdev.Open(request.Function);
        var device = cdev.Bind(request.Ioas.Context, request.VfToken);
        var vectors = new EventFd[request.MsixVectors];
        try
        {
            for (var i = 0; i < vectors.Length; i++) vectors[i] = EventFd.Create();
            var opened = new OpenedDevice(device.Attach(request.Ioas), vectors);
            if (vectors.Length > 0) device.Interrupts.Msix.Enable(vectors);
            request.Prepare?.Invoke(opened);
            return opened;
        }
        catch
        {
            device.Dispose();
            foreach (var vector in vectors) vector?.Dispose();
            throw;
        }
    }
}
