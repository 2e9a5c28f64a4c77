namespace Devices.Linux;

/// <summary>The argument struct of an ioctl, which knows the number and the name of its call.</summary>
public interface IIoctl
{
    /// <summary>The request number, as <c>_IOC</c> composes it.</summary>
    static abstract uint Request { get; }

    /// <summary>The call's name in the kernel's header, e.g. <c>VFIO_DEVICE_GET_INFO</c>.</summary>
    static abstract string Name { get; }
}
