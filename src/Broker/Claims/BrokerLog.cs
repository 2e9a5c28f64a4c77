using Devices.Pci;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Who got what and who did not, and why: what an auditor asks for.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Information, Message = "{Client} connected; rules about it: {Rules}")]
    public static partial void Connected(ILogger logger, BrokerClient client, string rules);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "{Device} is granted to {Client} by rule \"{Rule}\"; it was reset (methods: {ResetMethods})")]
    public static partial void Granted(ILogger logger, PciAddress device, BrokerClient client, string rule, string? resetMethods);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "{Method} of {Subject} is refused to {Client}: {Reason}")]
    public static partial void Refused(ILogger logger, string method, string subject, BrokerClient client, string reason);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Information, Message = "{Client} was given the file of {Device}")]
    public static partial void Opened(ILogger logger, BrokerClient client, PciAddress device);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Information, Message = "{Device} is taken back from {Client}: {Reason}")]
    public static partial void Released(ILogger logger, string device, BrokerClient client, string reason);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Information, Message = "{Device} was reset (methods: {ResetMethods}) and is free; {Client} had it")]
    public static partial void Reset(ILogger logger, string device, string? resetMethods, BrokerClient client);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Warning, Message = "{Device} is parked, after {Client} had it: {Obstacle}")]
    public static partial void Parked(ILogger logger, string device, BrokerClient client, Obstacle obstacle);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "{Device} has gone; {Client} had it")]
    public static partial void Gone(ILogger logger, string device, string client);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Information, Message = "{Bytes} bytes of memory \"{Name}\" are granted to {Client} by rule \"{Rule}\"")]
    public static partial void MemoryGranted(ILogger logger, long bytes, string name, BrokerClient client, string rule);

    [LoggerMessage(EventId = 1009, Level = LogLevel.Warning, Message = "{Device} was not reset before the end: {Obstacle}")]
    public static partial void Left(ILogger logger, string device, Obstacle obstacle);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Information, Message = "Serving at {Socket} by the policy {Policy}, rules: {Rules}")]
    public static partial void Serving(ILogger logger, string socket, string policy, int rules);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Information, Message = "{Client} had {Devices} and {Bytes} bytes of memory when this service ended, and keeps them until its process ends")]
    public static partial void Kept(ILogger logger, BrokerClient client, string devices, long bytes);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Information, Message = "{Client} has taken up what it had when this service ended: {Devices} and {Bytes} bytes of memory")]
    public static partial void Resumed(ILogger logger, BrokerClient client, string devices, long bytes);

    [LoggerMessage(EventId = 1013, Level = LogLevel.Warning, Message = "What the service manager kept as {Name} is dropped: {Reason} Whoever claims what it was about gets it when it was reset and nobody else has it open")]
    public static partial void RecordLost(ILogger logger, string name, string reason);

    [LoggerMessage(EventId = 1014, Level = LogLevel.Warning, Message = "What {Client} has may not outlive this service: {Reason}")]
    public static partial void NotKept(ILogger logger, BrokerClient client, string reason);

    [LoggerMessage(EventId = 1030, Level = LogLevel.Information, Message = "Live update sessions of clients are held by {Keeper}: {Consequence}")]
    public static partial void SessionsHeld(ILogger logger, string keeper, string consequence);

    [LoggerMessage(EventId = 1031, Level = LogLevel.Information, Message = "Session {Session} of {Client} is preserved, with {Bytes} bytes of memory, by rule \"{Rule}\"")]
    public static partial void SessionPreserved(ILogger logger, string session, BrokerClient client, long bytes, string rule);

    [LoggerMessage(EventId = 1032, Level = LogLevel.Information, Message = "Session {Session} was {What} by {Client}")]
    public static partial void SessionChanged(ILogger logger, string session, string what, BrokerClient client);

    [LoggerMessage(EventId = 1033, Level = LogLevel.Information, Message = "Session {Session} is restored: {Client} was given its {Bytes} bytes of memory")]
    public static partial void SessionRestored(ILogger logger, string session, BrokerClient client, long bytes);

    [LoggerMessage(EventId = 1034, Level = LogLevel.Information, Message = "Session {Session} of {Owner} is there, {State}, with {Bytes} bytes of memory")]
    public static partial void SessionFound(ILogger logger, string session, SessionOwner owner, SessionState state, long bytes);

    [LoggerMessage(EventId = 1035, Level = LogLevel.Warning, Message = "Session {Session} of {Owner} is lost: {Reason}")]
    public static partial void SessionLost(ILogger logger, string session, SessionOwner owner, string reason);

    [LoggerMessage(EventId = 1036, Level = LogLevel.Error, Message = "What is known of {What} could not be brought up to date: {Reason}")]
    public static partial void SessionsUnknown(ILogger logger, string what, string reason);
}
