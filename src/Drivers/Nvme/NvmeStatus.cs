namespace Devices.Drivers;

/// <summary>The status of a completed command (NVMe Base, "Status Field"): type, code and flags.</summary>
/// <param name="Value">The 15 bits of the status without the phase tag: code in 7:0, type in 10:8, more in 13, do not retry in 14.</param>
public readonly record struct NvmeStatus(ushort Value)
{
    /// <summary>Status Code (SC).</summary>
    public byte Code => (byte)Value;

    /// <summary>Status Code Type (SCT): 0 generic, 1 command specific, 2 media and data integrity, 3 path, 7 vendor specific.</summary>
    public byte Type => (byte)((Value >> 8) & 7);

    /// <summary>Whether the command did what it was asked.</summary>
    public bool IsSuccess => (Value & 0x7ff) == 0;

    /// <summary>Whether the same command would fail again (DNR).</summary>
    public bool DoNotRetry => (Value & 0x4000) != 0;

    /// <summary>The specification's name of type and code; the numbers where it is none of the common ones.</summary>
    public string Name => (Type, Code) switch
    {
        (0, 0x00) => "Successful Completion",
        (0, 0x01) => "Invalid Command Opcode",
        (0, 0x02) => "Invalid Field in Command",
        (0, 0x03) => "Command ID Conflict",
        (0, 0x04) => "Data Transfer Error",
        (0, 0x05) => "Commands Aborted due to Power Loss Notification",
        (0, 0x06) => "Internal Error",
        (0, 0x07) => "Command Abort Requested",
        (0, 0x08) => "Command Aborted due to SQ Deletion",
        (0, 0x0b) => "Invalid Namespace or Format",
        (0, 0x0c) => "Command Sequence Error",
        (0, 0x13) => "PRP Offset Invalid",
        (0, 0x15) => "Operation Denied",
        (0, 0x1c) => "Sanitize Failed",
        (0, 0x1d) => "Sanitize In Progress",
        (0, 0x20) => "Namespace is Write Protected",
        (0, 0x80) => "LBA Out of Range",
        (0, 0x81) => "Capacity Exceeded",
        (0, 0x82) => "Namespace Not Ready",
        (0, 0x83) => "Reservation Conflict",
        (0, 0x84) => "Format In Progress",
        (1, 0x00) => "Completion Queue Invalid",
        (1, 0x01) => "Invalid Queue Identifier",
        (1, 0x02) => "Invalid Queue Size",
        (1, 0x08) => "Invalid Interrupt Vector",
        (1, 0x0a) => "Invalid Format",
        (1, 0x0c) => "Invalid Queue Deletion",
        (1, 0x0d) => "Feature Identifier Not Saveable",
        (1, 0x0e) => "Feature Not Changeable",
        (1, 0x80) => "Conflicting Attributes",
        (1, 0x82) => "Attempted Write to Read Only Range",
        (2, 0x80) => "Write Fault",
        (2, 0x81) => "Unrecovered Read Error",
        (2, 0x82) => "End-to-end Guard Check Error",
        (2, 0x86) => "Access Denied",
        (2, 0x87) => "Deallocated or Unwritten Logical Block",
        (3, 0x00) => "Internal Path Error",
        _ => $"status type {Type}, code 0x{Code:x2}",
    };

    /// <summary>The name and, for a failure, the numbers.</summary>
    public override string ToString() => IsSuccess ? Name : $"{Name} (SCT {Type}, SC 0x{Code:x2}{(DoNotRetry ? ", do not retry" : "")})";
}
