using System.Text.Json;

namespace Devices.Varlink;

/// <summary>Whether JSON is of the type that a description says.</summary>
internal static class TypeCheck
{
    /// <summary>The first place that is not as described, as a path of fields; null if there is none.</summary>
    /// <param name="description">The description, for the types that have names.</param>
    /// <param name="fields">What is expected.</param>
    /// <param name="value">The JSON; nothing at all is as good as an object without fields.</param>
    internal static string? FindFault(VarlinkDescription description, VarlinkType.Struct fields, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            return fields.Fields.FirstOrDefault(static field => field.Type is not VarlinkType.Maybe)?.Name;
        try
        {
            return Check(description, fields, value, "") is { } path ? (path.Length == 0 ? "parameters" : path) : null;
        }
        catch (InvalidOperationException)
        {
            // A string, or a field's name, with half of a surrogate pair.
            return "parameters";
        }
    }

    private static string? Check(VarlinkDescription description, VarlinkType type, JsonElement value, string path)
    {
        switch (type)
        {
            case VarlinkType.Maybe maybe:
                return value.ValueKind == JsonValueKind.Null ? null : Check(description, maybe.Type, value, path);
            case VarlinkType.Named named:
                return Check(description, description.Types[named.Name], value, path);
            case VarlinkType.Array array:
                return value.ValueKind != JsonValueKind.Array ? path
                    : value.EnumerateArray().Select((element, index) => Check(description, array.Element, element, $"{path}[{index}]")).FirstOrDefault(static fault => fault is not null);
            case VarlinkType.Map map:
                return value.ValueKind != JsonValueKind.Object ? path
                    : value.EnumerateObject().Select(each => Check(description, map.Value, each.Value, Join(path, each.Name))).FirstOrDefault(static fault => fault is not null);
            case VarlinkType.Struct fields:
                return CheckFields(description, fields, value, path);
            default:
                return IsSimple(type, value) ? null : path;
        }
    }

    private static string? CheckFields(VarlinkDescription description, VarlinkType.Struct fields, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object) return path;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            var at = Join(path, property.Name);
            seen.Add(property.Name);
            if (fields.Fields.FirstOrDefault(field => field.Name == property.Name) is not { } known) return at;
            if (Check(description, known.Type, property.Value, at) is { } fault) return fault;
        }

        return fields.Fields.FirstOrDefault(field => field.Type is not VarlinkType.Maybe && !seen.Contains(field.Name)) is { } missing ? Join(path, missing.Name) : null;
    }

    private static bool IsSimple(VarlinkType type, JsonElement value) => type switch
    {
        VarlinkType.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        VarlinkType.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        VarlinkType.Float => value.ValueKind == JsonValueKind.Number,
        VarlinkType.Text => value.ValueKind == JsonValueKind.String && value.GetString() is not null,
        VarlinkType.Enum values => value.ValueKind == JsonValueKind.String && values.Values.Contains(value.GetString()!, StringComparer.Ordinal),
        _ => true,
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
