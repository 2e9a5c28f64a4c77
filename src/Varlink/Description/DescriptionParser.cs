namespace Devices.Varlink;

/// <summary>Reads an interface's description, by recursive descent.</summary>
internal sealed class DescriptionParser(string text)
{
    // Deeper than any interface, and far from the end of the stack.
    private const int MaxDepth = 32;

    private readonly Dictionary<string, VarlinkType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VarlinkMethod> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VarlinkType.Struct> _errors = new(StringComparer.Ordinal);
    private readonly List<(string Name, int Line)> _references = [];
    private int _at;
    private int _line = 1;

    internal VarlinkDescription Read()
    {
        Require("interface");
        var name = Word(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-', "the interface's name");
        if (!name.Contains('.', StringComparison.Ordinal) || name.Split('.').Any(static part => part.Length == 0 || part[0] == '-' || part[^1] == '-'))
            throw Fault($"'{name}' is no name of an interface: it is a reversed domain, such as org.example.encoding");
        while (!AtEnd()) Member();
        foreach (var (reference, line) in _references)
        {
            if (!_types.ContainsKey(reference)) throw new VarlinkSyntaxException(line, $"there is no type {reference}");
        }

        return new VarlinkDescription(text, name, _types, _methods, _errors);
    }

    private void Member()
    {
        var keyword = Word(char.IsAsciiLetterLower, "type, method or error");
        var name = Name();
        if (_types.ContainsKey(name) || _methods.ContainsKey(name) || _errors.ContainsKey(name)) throw Fault($"{name} stands twice");
        switch (keyword)
        {
            case "type":
                _types.Add(name, Parenthesised(0));
                break;
            case "method":
                var parameters = Fields();
                Require("->");
                _methods.Add(name, new VarlinkMethod(name, parameters, Fields()));
                break;
            case "error":
                _errors.Add(name, Fields());
                break;
            default:
                throw Fault($"'{keyword}' is neither type nor method nor error");
        }
    }

    private VarlinkType.Struct Fields() => Parenthesised(0) as VarlinkType.Struct ?? throw Fault("fields have types, (name: type)");

    private VarlinkType Type(int depth)
    {
        if (depth > MaxDepth) throw Fault($"types are nested more than {MaxDepth} deep");
        if (Take('?'))
        {
            var inner = Type(depth + 1);
            return inner is VarlinkType.Maybe ? throw Fault("?? is no type") : new VarlinkType.Maybe(inner);
        }

        if (Take('['))
        {
            var isMap = !Take(']');
            if (!isMap) return new VarlinkType.Array(Type(depth + 1));
            Require("string");
            Require("]");
            return new VarlinkType.Map(Type(depth + 1));
        }

        SkipBlanks();
        if (Peek() == '(') return Parenthesised(depth);
        var line = _line;
        var word = Word(char.IsAsciiLetterOrDigit, "a type");
        switch (word)
        {
            case "bool": return new VarlinkType.Bool();
            case "int": return new VarlinkType.Int();
            case "float": return new VarlinkType.Float();
            case "string": return new VarlinkType.Text();
            case "object": return new VarlinkType.Any();
            default:
                if (!char.IsAsciiLetterUpper(word[0])) throw Fault($"there is no type {word}");
                _references.Add((word, line));
                return new VarlinkType.Named(word);
        }
    }

    // A struct, or an enum: the first name decides, by what follows it.
    private VarlinkType Parenthesised(int depth)
    {
        Require("(");
        if (Take(')')) return new VarlinkType.Struct([]);
        var fields = new List<VarlinkField>();
        var values = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            var name = Word(static c => char.IsAsciiLetterOrDigit(c) || c == '_', "a field's name");
            if (!char.IsAsciiLetter(name[0])) throw Fault($"'{name}' is no name of a field");
            if (!names.Add(name)) throw Fault($"{name} stands twice");
            if (Take(':'))
                fields.Add(new VarlinkField(name, Type(depth + 1)));
            else
                values.Add(name);
        }
        while (Take(','));
        Require(")");
        if (values.Count > 0 && fields.Count > 0) throw Fault("a struct's fields all have types, an enum's values none");
        return values.Count > 0 ? new VarlinkType.Enum(values) : new VarlinkType.Struct(fields);
    }

    private string Name()
    {
        var name = Word(char.IsAsciiLetterOrDigit, "a name");
        return char.IsAsciiLetterUpper(name[0]) ? name : throw Fault($"'{name}' must begin with a capital letter");
    }

    private string Word(Func<char, bool> belongs, string what)
    {
        SkipBlanks();
        var start = _at;
        while (_at < text.Length && belongs(text[_at])) _at++;
        return _at > start ? text[start.._at] : throw Fault($"{what} is missing");
    }

    private void Require(string token)
    {
        SkipBlanks();
        if (!text.AsSpan(_at).StartsWith(token, StringComparison.Ordinal)) throw Fault($"'{token}' is missing");
        _at += token.Length;
    }

    private bool Take(char token)
    {
        SkipBlanks();
        if (Peek() != token) return false;
        _at++;
        return true;
    }

    private bool AtEnd()
    {
        SkipBlanks();
        return _at == text.Length;
    }

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private void SkipBlanks()
    {
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == '#')
            {
                while (_at + 1 < text.Length && text[_at + 1] != '\n') _at++;
            }
            else if (text[_at] == '\n')
            {
                _line++;
            }
            else if (!char.IsWhiteSpace(text[_at]))
            {
                return;
            }
        }
    }

    private VarlinkSyntaxException Fault(string problem) => new(_line, problem);
}
