using System.Text.Json;

namespace Devices.Tests.CloudHypervisor;

/// <summary>What Cloud Hypervisor takes, as it is published (<c>requests.json</c>): says what is wrong with a request.</summary>
internal static class PublishedApi
{
    private const string Root = "/api/v1/";
    private static readonly JsonElement s_requests = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "CloudHypervisor", "requests.json"))).RootElement.GetProperty("requests");

    /// <summary>What is wrong; null if nothing.</summary>
    internal static string? Wrong(ReceivedRequest request)
    {
        if (!request.Path.StartsWith(Root, StringComparison.Ordinal) || !s_requests.TryGetProperty(request.Path[Root.Length..], out var known)) return $"there is no {request.Path}";
        if (known.GetProperty("method").GetString() != request.Method) return $"it is no {request.Method}";
        if (!known.TryGetProperty("body", out var fields)) return request.Body.Length > 0 ? "it takes no body" : request.Descriptors.Count > 0 ? "it takes no descriptors" : null;
        if (request.Headers.GetValueOrDefault("content-type") != "application/json") return "its body is not said to be JSON";
        var body = JsonDocument.Parse(request.Body).RootElement;
        return WrongObject(body, fields) ?? WrongDescriptors(body, known, request.Descriptors.Count);
    }

    private static string? WrongObject(JsonElement body, JsonElement fields)
    {
        if (body.ValueKind != JsonValueKind.Object) return "it is no object";
        foreach (var field in body.EnumerateObject())
        {
            if (!fields.TryGetProperty(field.Name, out var known)) return $"it has no field {field.Name}";
            if (known.GetProperty("type").GetString() != TypeOf(field.Value)) return $"{field.Name} is no {known.GetProperty("type").GetString()}";
            if (!known.TryGetProperty("items", out var items)) continue;
            foreach (var item in field.Value.EnumerateArray())
            {
                if (WrongObject(item, items) is { } wrong) return $"of {field.Name} {wrong}";
            }
        }

        foreach (var required in fields.EnumerateObject().Where(static field => field.Value.TryGetProperty("required", out var required) && required.GetBoolean()))
        {
            if (!body.TryGetProperty(required.Name, out _)) return $"{required.Name} is missing";
        }

        return null;
    }

    private static string? WrongDescriptors(JsonElement body, JsonElement known, int given)
    {
        if (!known.TryGetProperty("descriptors", out var rule)) return given > 0 ? "it takes no descriptors" : null;
        if (rule.TryGetProperty("exactly", out var counted))
        {
            var wanted = counted.EnumerateArray().Sum(name => !body.TryGetProperty(name.GetString()!, out var field) ? 0 : field.ValueKind == JsonValueKind.Array ? field.GetArrayLength() : 1);
            return given == wanted ? null : $"{given} descriptors came, and {wanted} are due";
        }

        if (given > rule.GetProperty("max").GetInt32()) return $"{given} descriptors came";
        return body.TryGetProperty(rule.GetProperty("orField").GetString()!, out _) == given > 0 ? "exactly one of path and a descriptor is due" : null;
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Number when value.TryGetInt64(out _) => "integer",
        var other => other.ToString(),
    };
}
