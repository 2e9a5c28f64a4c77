using System.Globalization;

namespace Devices.LiveUpdate;

/// <summary>The number under which a session preserves a file: chosen by the old kernel's user, asked for by the next kernel's.</summary>
/// <param name="Value">Any 64-bit number; unique within its session.</param>
/// <remarks><c>liveupdate_session_preserve_fd.token</c>: opaque to the kernel, zero included.</remarks>
public readonly record struct FdToken(ulong Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
