using System.Buffers;
using Devices.Pci;
using Devices.Preservation.Messages;
using Devices.Vfio;
using Google.Protobuf;

namespace Devices.Preservation;

/// <summary>Puts a device into the record: what it is, once; what state it is in, again at the freeze.</summary>
internal static class DeviceSnapshot
{
    /// <summary>What the device is: what <see cref="DeviceVerifier"/> compares.</summary>
    internal static Device Identify(PciFunction function, PreservationTier tier)
    {
        var message = new Device
        {
            Address = function.Address.ToString(),
            VendorId = function.VendorId,
            DeviceId = function.DeviceId,
            SubsystemVendorId = function.SubsystemVendorId,
            SubsystemId = function.SubsystemId,
            ClassCode = function.ClassCode.Value,
            Revision = function.Revision,
            Tier = (Tier)tier,
        };
        message.Bars.AddRange(function.Bars.Select(static bar => new Messages.Bar { Index = (uint)bar.Index, Size = bar.Size }));
        using var raw = function.OpenConfigSpace();
        var capabilities = PciCapabilities.Read(raw);
        message.MsixVectors = MsixVectors(capabilities);
        message.Capabilities.AddRange(capabilities.Select(Identify));
        return message;
    }

    /// <summary>How many MSI-X vectors a device has; 0 without MSI-X.</summary>
    internal static uint MsixVectors(PciCapabilityList capabilities)
        => (uint)(capabilities.Find<MsixCapability>()?.TableSize ?? 0);

    internal static Capability Identify(PciCapability capability)
        => new() { Id = capability.Id, Offset = (uint)capability.Offset, Extended = capability.IsExtended };

    /// <summary>What state the device is in: configuration space in both views, interrupts, and its driver's state if that is at rest.</summary>
    internal static void Capture(Device message, PciFunction function, KeptDevice kept)
    {
        using (var raw = function.OpenConfigSpace()) message.RawConfig = Bytes(raw);
        message.VfioConfig = Bytes(kept.Device.ConfigSpace);
        message.Interrupts.Clear();
        message.Interrupts.AddRange(Capture(kept.Device.Interrupts));
        if (kept.Driver is not { } driver) return;
        var state = new ArrayBufferWriter<byte>();
        driver.Save(state);
        message.Driver = new DriverState { Name = driver.DriverName, Version = driver.StateVersion, State = ByteString.CopyFrom(state.WrittenSpan) };
    }

    private static IEnumerable<Interrupts> Capture(VfioInterrupts interrupts)
    {
        if (interrupts.Intx.IsEnabled) yield return new Interrupts { Index = (uint)interrupts.Intx.Index, Count = 1, Armed = { 0 } };
        foreach (var vectors in new[] { interrupts.Msi, interrupts.Msix })
        {
            if (!vectors.IsEnabled) continue;
            var message = new Interrupts { Index = (uint)vectors.Index, Count = (uint)vectors.Vectors.Count };
            message.Armed.AddRange(Enumerable.Range(0, vectors.Vectors.Count).Where(vector => vectors.Vectors[vector] is not null).Select(static vector => (uint)vector));
            yield return message;
        }
    }

    private static ByteString Bytes(IPciConfigSpace space)
    {
        var bytes = new byte[space.Length];
        space.Read(0, bytes);
        return ByteString.CopyFrom(bytes);
    }
}
