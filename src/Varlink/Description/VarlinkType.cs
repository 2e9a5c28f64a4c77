namespace Devices.Varlink;

/// <summary>The type of a field in an interface's description.</summary>
public abstract record VarlinkType
{
    private VarlinkType()
    {
    }

    /// <summary><c>bool</c>.</summary>
    public sealed record Bool : VarlinkType;

    /// <summary><c>int</c>: 64 bits with a sign.</summary>
    public sealed record Int : VarlinkType;

    /// <summary><c>float</c>: 64 bits.</summary>
    public sealed record Float : VarlinkType;

    /// <summary><c>string</c>.</summary>
    public sealed record Text : VarlinkType;

    /// <summary><c>object</c>: JSON that the interface does not describe.</summary>
    public sealed record Any : VarlinkType;

    /// <summary><c>?T</c>: may be null or left out.</summary>
    /// <param name="Type">What it is otherwise.</param>
    public sealed record Maybe(VarlinkType Type) : VarlinkType;

    /// <summary><c>[]T</c>.</summary>
    /// <param name="Element">The type of its elements.</param>
    public sealed record Array(VarlinkType Element) : VarlinkType;

    /// <summary><c>[string]T</c>.</summary>
    /// <param name="Value">The type of its values.</param>
    public sealed record Map(VarlinkType Value) : VarlinkType;

    /// <summary><c>(a, b)</c>.</summary>
    /// <param name="Values">Its values, of which there is at least one.</param>
    public sealed record Enum(IReadOnlyList<string> Values) : VarlinkType;

    /// <summary><c>(a: T, b: U)</c>.</summary>
    /// <param name="Fields">Its fields in their order.</param>
    public sealed record Struct(IReadOnlyList<VarlinkField> Fields) : VarlinkType;

    /// <summary>A type that the interface gives a name.</summary>
    /// <param name="Name">The name.</param>
    public sealed record Named(string Name) : VarlinkType;
}
