namespace Devices.Qemu;

/// <summary>QEMU refused a command.</summary>
public sealed class QmpException : Exception
{
    internal QmpException(string command, string errorClass, string description, string? remedy = null)
        : base($"QEMU refused {command}: {description.TrimEnd('.')} ({errorClass}){(remedy is null ? "" : $". {remedy}")}")
    {
        Command = command;
        ErrorClass = errorClass;
        Description = description;
    }

    /// <summary>The command.</summary>
    public string Command { get; }

    /// <summary>The error's <c>class</c>: <c>GenericError</c>, <c>DeviceNotFound</c>, <c>CommandNotFound</c>.</summary>
    public string ErrorClass { get; }

    /// <summary>The error's <c>desc</c>, for people: its words change from release to release.</summary>
    public string Description { get; }

    /// <summary>The same with a way out.</summary>
    internal QmpException With(string remedy) => new(Command, ErrorClass, Description, remedy);
}
