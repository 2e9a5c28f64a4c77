using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>A capability as it was when it was read: immutable. The typed views derive from it; the others are named and raw.</summary>
public class PciCapability
{
    private readonly byte[] _bytes;

    internal PciCapability(CapabilityBody body)
    {
        _bytes = body.Bytes;
        Id = body.Id;
        Offset = body.Offset;
        IsExtended = body.IsExtended;
        Version = body.Version;
        Length = body.Length;
    }

    /// <summary>The id: <c>PCI_CAP_ID_*</c> of 8 bits, or <c>PCI_EXT_CAP_ID_*</c> of 16 if <see cref="IsExtended"/>.</summary>
    public ushort Id { get; }

    /// <summary>Where it begins, in bytes from the start of configuration space.</summary>
    public int Offset { get; }

    /// <summary>Whether it is of the extended list, from 0x100 on.</summary>
    public bool IsExtended { get; }

    /// <summary>The version in an extended capability's header; null for a standard one.</summary>
    public byte? Version { get; }

    /// <summary>Its length in bytes, header included; null where neither the id nor its registers tell.</summary>
    public int? Length { get; }

    /// <summary>Its name in the PCI-SIG's list; <c>#xx</c> with the id if there is none.</summary>
    public string Name => CapabilityNames.Of(Id, IsExtended);

    /// <summary>Its bytes, header included. Only the header's dword where the length is not known or the space ends before.</summary>
    public ReadOnlyMemory<byte> Raw => _bytes;

    /// <summary>Its registers that have names, the header not among them.</summary>
    public virtual IReadOnlyList<PciRegister> Registers => CapabilityRegisters.Of(Id, IsExtended, _bytes.Length);

    /// <summary>The bytes of its header: 2 (id, next) for a standard capability, 4 (id, version, next) for an extended one.</summary>
    public int HeaderLength => IsExtended ? 4 : 2;

    /// <summary>Offset and name as lspci writes them: <c>[40] PCI Express</c>, <c>[100 v2] Advanced Error Reporting</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Version is { } version ? $"[{Offset:x} v{version}] {Name}" : $"[{Offset:x}] {Name}";

    private protected byte ByteAt(int offset) => _bytes[offset];

    private protected ushort UInt16At(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset));

    private protected uint UInt32At(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    private protected ulong UInt64At(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));

    private protected bool Holds(int offset, int width) => offset + width <= _bytes.Length;
}
