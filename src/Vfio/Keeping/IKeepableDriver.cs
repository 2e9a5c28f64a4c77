using System.Buffers;

namespace Devices.Vfio;

/// <summary>
/// What keeping a device alive over a change of kernel asks of its driver. The other half, continuing on a restored device from the
/// saved state, is the driver's own: a method that takes device and state and touches no register that resets.
/// </summary>
/// <remarks>The order is Quiesce, Save, then Resume on the old kernel if the jump does not happen, or on the new one after the restore.</remarks>
public interface IKeepableDriver
{
    /// <summary>A stable name stored in the record, such as <c>nvme</c>: it says which driver can continue.</summary>
    string DriverName { get; }

    /// <summary>The version of the layout that <see cref="Save"/> writes; raised when an older driver could not read it.</summary>
    uint StateVersion { get; }

    /// <summary>
    /// Brings the device to rest: on return no command is in flight, the device does no DMA and will start none, and raises no interrupt.
    /// Doing it again changes nothing. Of several devices all are brought to rest at once: it is called on any thread, while the others' drivers
    /// do the same, and so leaves alone what they share, or locks it. All else here is called for one device after the other.
    /// </summary>
    /// <exception cref="TimeoutException">The device did not come to rest in time; it works on as before.</exception>
    void Quiesce();

    /// <summary>Undoes <see cref="Quiesce"/> without a reset: the device goes on with the queues and registers that it has.</summary>
    void Resume();

    /// <summary>Writes all that the driver's successor needs and cannot read from the device: queue positions, sizes, addresses.</summary>
    /// <param name="state">Where the state goes.</param>
    /// <exception cref="InvalidOperationException">The device is not quiesced.</exception>
    void Save(IBufferWriter<byte> state);
}
