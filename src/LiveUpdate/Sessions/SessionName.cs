using System.Diagnostics.CodeAnalysis;
using System.Text;
using Devices.LiveUpdate.Abi;

namespace Devices.LiveUpdate;

/// <summary>The name of a live update session: 1 to 63 bytes of UTF-8 without NUL.</summary>
/// <remarks>
/// The kernel compares names byte by byte (<c>LIVEUPDATE_SESSION_NAME_LENGTH</c> is 64 with the terminator). The next kernel knows a session
/// by nothing else, so a name that would be cut or changed on the way is refused here.
/// </remarks>
public readonly record struct SessionName
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaxBytes = LIVEUPDATE.LIVEUPDATE_SESSION_NAME_LENGTH - 1;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _value;

    /// <summary>Checks a name.</summary>
    /// <param name="value">1 to 63 bytes in UTF-8, no NUL, no unpaired surrogate.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="value"/> breaks one of the rules; the message says which.</exception>
    public SessionName(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Problem(value) is { } problem)
            throw new ArgumentException(problem, nameof(value));
        _value = value;
    }

    /// <summary>The name.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which names nothing.</exception>
    public string Value => _value ?? throw new InvalidOperationException("default(SessionName) names no session.");

    /// <summary>Makes a name of <paramref name="value"/> if it is one.</summary>
    /// <param name="value">The candidate.</param>
    /// <param name="name">The name, or <c>default</c>.</param>
    /// <returns>Whether <paramref name="value"/> is a session name.</returns>
    public static bool TryCreate([NotNullWhen(true)] string? value, out SessionName name)
    {
        var valid = value is not null && Problem(value) is null;
        name = valid ? new SessionName(value!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";

    internal static SessionName FromKernel(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return new SessionName(Strict.GetString(end < 0 ? field : field[..end]));
    }

    internal void CopyTo(Span<byte> field)
    {
        field.Clear();
        Strict.GetBytes(Value, field);
    }

    private static string? Problem(string value)
    {
        if (value.Length == 0)
            return "A session name cannot be empty.";
        if (value.Contains('\0', StringComparison.Ordinal))
            return "A session name cannot contain NUL: the kernel would cut it there.";
        try
        {
            var bytes = Strict.GetByteCount(value);
            return bytes > MaxBytes ? $"A session name has at most {MaxBytes} bytes in UTF-8; this one has {bytes}." : null;
        }
        catch (EncoderFallbackException)
        {
            return "A session name must be valid Unicode: this one has an unpaired surrogate.";
        }
    }
}
