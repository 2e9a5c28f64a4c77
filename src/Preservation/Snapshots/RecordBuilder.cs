using System.Reflection;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation.Messages;
using Google.Protobuf;

namespace Devices.Preservation;

/// <summary>Builds the record of a request: which memory, which address spaces, which devices.</summary>
internal static class RecordBuilder
{
    // Times are written at the freeze and at the jump.
    private const int RoomForTimes = 256;

    // Driver state may grow until the freeze.
    private const int RoomPerDevice = 64 << 10;

    /// <summary>This release, as it calls itself.</summary>
    internal static string Version { get; } =
        typeof(RecordBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The record as it stands before the devices' state is captured.</summary>
    internal static StateRecord Build(PreservationRequest request, IReadOnlyDictionary<PciAddress, PreservationTier> tiers)
    {
        var record = new StateRecord { Session = request.Session.Value, Writer = Version, Phase = Phase.Preserved, BootId = BootId.Current.ToString(), Timeline = new Timeline() };
        for (var index = 0; index < request.Memory.Count; index++)
            record.Memory.Add(new Memory { Token = TokenOf(index).Value, Name = request.Memory[index].Name, Length = (ulong)request.Memory[index].File.Length });

        var contexts = Contexts(request);
        var spaces = request.Devices.Select(static kept => kept.Attachment.Ioas).Distinct().ToList();
        for (var index = 0; index < spaces.Count; index++) record.Ioas.Add(Build(spaces[index], (uint)index + 1, (uint)contexts.IndexOf(spaces[index].Context), request.Memory));
        foreach (var kept in request.Devices)
        {
            var device = DeviceSnapshot.Identify(PciFunction.Open(kept.Device.Address), tiers[kept.Device.Address]);
            device.IoasKey = (uint)spaces.IndexOf(kept.Attachment.Ioas) + 1;
            device.KernelId = kept.Device.IommufdDeviceId ?? 0;
            record.Devices.Add(device);
        }

        record.PhysicalFunctions.AddRange(KeptVfs.Identify(request.Devices.Select(static kept => PciFunction.Open(kept.Device.Address))));
        record.HostConfigCache = ByteString.CopyFrom(request.HostConfigCache.Span);
        return record;
    }

    /// <summary>The bytes to set aside for a record and for what it will grow by until the freeze.</summary>
    internal static int Capacity(StateRecord record)
    {
        var devices = record.Devices.Count * (RoomPerDevice + (2 * RecordBounds.MaxConfigSpace) + RecordBounds.MaxConfigCache);
        return Math.Min(record.CalculateSize() + RoomForTimes + devices + (record.PhysicalFunctions.Count * RecordBounds.MaxConfigCache), RecordBounds.MaxPayload);
    }

    /// <summary>The iommufds of a request; a context's index here is its number in the record.</summary>
    internal static List<IommuContext> Contexts(PreservationRequest request)
        => [.. request.Devices.Select(static kept => kept.Device.Context).Distinct()];

    /// <summary>The session's token of the memory at an index of the request; the record itself has 0.</summary>
    internal static FdToken TokenOf(int index) => new((ulong)index + 1);

    private static Messages.Ioas Build(Iommufd.Ioas space, uint key, uint context, IReadOnlyList<KeptMemory> memory)
    {
        var message = new Messages.Ioas { Key = key, KernelId = space.Id, Context = context };
        foreach (var mapping in space.Mappings)
        {
            // Preflight has seen to it that every mapping is of a memfd of the request.
            var backing = (FileBacking)mapping.Backing;
            var index = memory.TakeWhile(kept => !ReferenceEquals(kept.File, backing.File)).Count();
            message.Mappings.Add(new Mapping
            {
                Iova = mapping.Iova.Value,
                Length = mapping.Length,
                MemoryToken = TokenOf(index).Value,
                Offset = (ulong)backing.Offset,
                Access = (uint)mapping.Access,
            });
        }

        return message;
    }
}
