namespace Devices.Varlink;

/// <summary>An interface as its description tells: the text between services and clients of all languages, and what follows from it.</summary>
/// <remarks><c>varlink.org/Interface-Definition</c>.</remarks>
public sealed class VarlinkDescription
{
    internal VarlinkDescription(
        string text,
        string name,
        IReadOnlyDictionary<string, VarlinkType> types,
        IReadOnlyDictionary<string, VarlinkMethod> methods,
        IReadOnlyDictionary<string, VarlinkType.Struct> errors)
    {
        Text = text;
        Name = name;
        Types = types;
        Methods = methods;
        Errors = errors;
    }

    /// <summary>The description as it was given.</summary>
    public string Text { get; }

    /// <summary>The interface's name: <c>org.varlink.service</c>.</summary>
    public string Name { get; }

    /// <summary>The types that it names.</summary>
    public IReadOnlyDictionary<string, VarlinkType> Types { get; }

    /// <summary>Its methods.</summary>
    public IReadOnlyDictionary<string, VarlinkMethod> Methods { get; }

    /// <summary>Its errors with what they carry.</summary>
    public IReadOnlyDictionary<string, VarlinkType.Struct> Errors { get; }

    /// <summary>Reads a description.</summary>
    /// <param name="text">The text of a <c>.varlink</c> file.</param>
    /// <exception cref="VarlinkSyntaxException">It is none, or it names a type that it does not have.</exception>
    public static VarlinkDescription Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new DescriptionParser(text).Read();
    }

    /// <summary>Reads a description that is embedded in an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="name">The interface's name; the resource is that with <c>.varlink</c>.</param>
    /// <exception cref="ArgumentException">The assembly has none of that name.</exception>
    /// <exception cref="VarlinkSyntaxException">It is no description.</exception>
    public static VarlinkDescription FromResource(System.Reflection.Assembly assembly, string name)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        using var stream = assembly.GetManifestResourceStream($"{name}.varlink") ?? throw new ArgumentException($"{assembly.GetName().Name} has no {name}.varlink.", nameof(name));
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }
}
