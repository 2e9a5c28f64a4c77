using Devices.Linux;

namespace Devices.Varlink;

/// <summary>What a server serves: who it is, and its interfaces, of which <c>org.varlink.service</c> is one.</summary>
public sealed class VarlinkService
{
    private readonly Dictionary<string, VarlinkInterface> _interfaces = new(StringComparer.Ordinal);
    private readonly Func<Exception, VarlinkException?> _translate;

    /// <summary>A service.</summary>
    /// <param name="info">Who it is; its list of interfaces is filled in.</param>
    /// <param name="interfaces">What it offers.</param>
    /// <param name="translate">The Varlink error for an exception of a handler; null, or an answer of null, for what is nobody's but the service's own fault.</param>
    public VarlinkService(ServiceInfo info, IEnumerable<VarlinkInterface> interfaces, Func<Exception, VarlinkException?>? translate = null)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(interfaces);
        _translate = translate ?? (static _ => null);
        Add(new VarlinkInterface(VarlinkDescription.FromResource(typeof(VarlinkService).Assembly, ServiceErrors.Interface))
            .On("GetInfo", VarlinkJson.Default.NoParameters, VarlinkJson.Default.ServiceInfo, (_, _) => info with { Interfaces = [.. _interfaces.Keys] })
            .On("GetInterfaceDescription", VarlinkJson.Default.InterfaceRequest, VarlinkJson.Default.InterfaceReply, (_, request) =>
                new InterfaceReply(Find(request.Interface).Description.Text)));
        foreach (var each in interfaces) Add(each);
    }

    /// <summary>Answers a call: sends its replies, of which an error is one.</summary>
    internal void Answer(in CallMessage message, VarlinkCall call, Action<ReplyMessage> reply)
    {
        // A reply that failed may be there in part: another one behind it would be read as its rest.
        var failed = false;
        try
        {
            var dot = message.Method.LastIndexOf('.');
            var handler = Find(dot < 0 ? message.Method : message.Method[..dot]).HandlerOf(message.Method[(dot + 1)..], message.Parameters);
            handler(call, message.Parameters, Send);
        }
        catch (VarlinkException error) when (!failed)
        {
            Refuse(error);
        }
        catch (Exception failure) when (!failed && _translate(failure) is { } error)
        {
            Refuse(error);
        }

        void Send(ReplyMessage answer)
        {
            try
            {
                reply(answer);
            }
            catch (Exception failure)
            {
                // With too many descriptors on their way already the kernel takes nothing of a message that has more.
                failed = failure is not LinuxException { Errno: Errno.ETOOMANYREFS };
                throw;
            }
        }

        void Refuse(VarlinkException error)
        {
            call.CloseAttached();
            reply(new ReplyMessage(error.Parameters, error.Error, Continues: false));
        }
    }

    private VarlinkInterface Find(string name) => _interfaces.TryGetValue(name, out var found) ? found : throw ServiceErrors.InterfaceNotFound(name);

    private void Add(VarlinkInterface added) => _interfaces.Add(added.Description.Name, added);
}
