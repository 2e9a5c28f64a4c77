using Devices.Iommufd;
using Devices.Linux;
using Moq;

namespace Devices.Tests.Drivers;

/// <summary>DMA memory without an IOMMU, and how a model of a device reaches it: by IOVA, with bounds.</summary>
internal sealed class ModelMemory : IDisposable
{
    private readonly List<DmaMemory> _memories = [];
    private readonly Mock<IDmaMapper> _mapper = new();

    /// <summary>The address space that the model's device reaches.</summary>
    internal IDmaMapper Mapper => _mapper.Object;

    internal ModelMemory()
    {
        _mapper.Setup(mapper => mapper.MapFile(It.IsAny<MemFd>(), It.IsAny<long>(), It.IsAny<ulong>(), It.IsAny<Iova?>(), It.IsAny<DmaAccess>()))
            .Returns((MemFd file, long offset, ulong length, Iova? at, DmaAccess access) =>
                new DmaMapping(_mapper.Object, IovaRange.OfLength(at!.Value, length), access, new FileBacking(file, offset)));
    }

    internal DmaMemory Allocate(ulong length, ulong iova, DmaAccess access = DmaAccess.ReadWrite)
    {
        var memory = DmaMemory.Allocate(_mapper.Object, "model", length, new Iova(iova), access);
        _memories.Add(memory);
        return memory;
    }

    /// <summary>What a device sees at an address; an access beyond what is mapped fails the test, as it would fault in an IOMMU.</summary>
    internal Span<byte> At(ulong iova, int length)
    {
        // What was allocated last is what is mapped now.
        for (var i = _memories.Count - 1; i >= 0; i--)
        {
            var memory = _memories[i];
            if (iova >= memory.Iova.Value && iova - memory.Iova.Value + (ulong)length <= memory.Length) return memory.Bytes(iova - memory.Iova.Value, length);
        }

        throw new InvalidOperationException($"IOMMU fault: {length} bytes at 0x{iova:x}");
    }

    public void Dispose()
    {
        foreach (var memory in _memories) memory.Leave();
    }
}
