using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devices.Linux;

namespace Devices.CloudHypervisor;

/// <summary>Requests to Cloud Hypervisor's API, each on a connection of its own.</summary>
/// <param name="socket">Its socket: <c>--api-socket SOCKET</c>.</param>
/// <param name="timeout">How long a request may take.</param>
internal sealed class CloudHypervisorApi(string socket, TimeSpan timeout)
{
    private const string Root = "http://localhost/api/v1/"; // the description's servers; the host has no meaning on a Unix socket
    private const int MaxAnswer = 4 << 20;
    private const int MaxHeaderKibibytes = 16;
    private const string Json = "application/json"; // without a charset, which Cloud Hypervisor's parser does not take

    internal string Socket => socket;

    /// <summary>Asks.</summary>
    internal T Get<T>(string request, JsonTypeInfo<T> type) where T : class =>
        Exchange(request, null, HttpMethod.Get, null, [], timeout) is { } answer ? Read(request, answer, type) : throw Odd(request, "there is nothing in it");

    /// <summary>Orders what takes nothing.</summary>
    internal void Put(string request) => _ = Exchange(request, null, HttpMethod.Put, null, [], timeout);

    /// <summary>Orders something.</summary>
    /// <param name="request">What: <c>vm.add-device</c>.</param>
    /// <param name="device">The id of the device that it is about, or null.</param>
    /// <param name="body">What it takes.</param>
    /// <param name="type">How that is written.</param>
    /// <param name="descriptors">What goes with it.</param>
    /// <param name="limit">How long it may take; null for as long as any.</param>
    /// <returns>What it answers; null if nothing (204).</returns>
    internal byte[]? Put<T>(string request, string? device, T body, JsonTypeInfo<T> type, IReadOnlyList<FileDescriptor> descriptors, TimeSpan? limit = null) =>
        Exchange(request, device, HttpMethod.Put, JsonSerializer.SerializeToUtf8Bytes(body, type), descriptors, limit ?? timeout);

    internal T Read<T>(string request, byte[] answer, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer, type) ?? throw Odd(request, "it is null");
        }
        catch (JsonException unlike)
        {
            throw Odd(request, unlike.Message.TrimEnd('.'), unlike);
        }
    }

    private byte[]? Exchange(string request, string? device, HttpMethod method, byte[]? body, IReadOnlyList<FileDescriptor> descriptors, TimeSpan limit)
    {
        using var stream = new DescriptorStream(
            UnixStream.Connect(socket, "Cloud Hypervisor makes its socket where --api-socket says. One that is left of a VMM that has ended refuses."), descriptors, limit);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            // Once: what was sent is not to be sent again, without its descriptors at that.
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(stream.Take()),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeaderKibibytes,
        });
        using var message = new HttpRequestMessage(method, Root + request);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Json));
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        }

        try
        {
            using var response = invoker.Send(message, CancellationToken.None);
            var answer = ReadAll(request, response);
            if (!response.IsSuccessStatusCode) throw Refusal(request, device, response.StatusCode, answer);
            return answer.Length == 0 ? null : answer;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw stream.Failure switch
            {
                TimeoutException slow => new TimeoutException($"{socket}: {request}{About(device)}: {slow.Message} within {limit.TotalSeconds} s; whether Cloud Hypervisor does it yet is not known.", slow),
                LinuxException broken => broken,
                _ when stream.IsOver => new LinuxException(Errno.ECONNRESET, "recvmsg", $"{socket}: {request}{About(device)}", "Cloud Hypervisor closed the connection before it answered: it has ended. Whatever it had is closed; see its log."),
                _ => Odd(request, failure.Message.TrimEnd('.'), failure),
            };
        }
    }

    private byte[] ReadAll(string request, HttpResponseMessage response)
    {
        using var content = response.Content.ReadAsStream();
        using var all = new MemoryStream();
        var part = new byte[16384];
        while (content.Read(part) is > 0 and var length)
        {
            if (all.Length + length > MaxAnswer) throw Odd(request, $"it has more than {MaxAnswer} bytes");
            all.Write(part, 0, length);
        }

        return all.ToArray();
    }

    // Errors come as an array of texts, from the outermost to its cause; older releases send one text.
    private static CloudHypervisorException Refusal(string request, string? device, System.Net.HttpStatusCode status, byte[] answer)
    {
        string[] reasons;
        try
        {
            reasons = answer.Length == 0 ? [] : JsonSerializer.Deserialize(answer, ApiJson.Default.StringArray) ?? [];
        }
        catch (JsonException)
        {
            reasons = [System.Text.Encoding.UTF8.GetString(answer).Trim()];
        }

        return new CloudHypervisorException(request, device, status, reasons, Remedies.For(request, status));
    }

    private CloudHypervisorProtocolException Odd(string request, string problem, Exception? cause = null) => new(socket, request, problem, cause);

    private static string About(string? device) => device is null ? "" : $" of device '{device}'";
}
