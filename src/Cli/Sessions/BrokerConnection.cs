using Devices.Linux;
using Devices.Varlink;

namespace Devices.Cli;

/// <summary>A connection to devkeepd. What it refuses becomes one message.</summary>
internal static class BrokerConnection
{
    /// <summary>Where devkeepd listens unless told otherwise.</summary>
    internal const string DefaultSocket = "/run/devkeepd/devices.sock";

    // A device that was in use a moment ago is reset first; much memory takes its time.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Connects for the calls of an interface.</summary>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
    internal static VarlinkClient Open(string socket, string description, string remedy) =>
        VarlinkClient.Connect(socket, VarlinkDescription.FromResource(typeof(BrokerConnection).Assembly, description), s_patience, remedy);

    /// <summary>The same connection for the calls of another interface: one call at a time, of both together.</summary>
    internal static VarlinkClient Beside(VarlinkClient client, string description) => VarlinkClient.Adopt(
        UnixStream.Adopt(client.Connection.Duplicate()), VarlinkDescription.FromResource(typeof(BrokerConnection).Assembly, description), s_patience);

    /// <summary>Calls, and has every refusal become one of the command's.</summary>
    /// <exception cref="UserException">The service refused, or is none.</exception>
    internal static T Ask<T>(string socket, Func<T> calls)
    {
        try
        {
            return calls();
        }
        catch (VarlinkException refusal)
        {
            throw new UserException($"devkeepd refused: {refusal.Explain()}");
        }
        catch (Exception failure) when (failure is VarlinkProtocolException or VarlinkSyntaxException)
        {
            throw new UserException($"{socket}: {failure.Message}. Is it devkeepd that listens there?");
        }
    }
}
