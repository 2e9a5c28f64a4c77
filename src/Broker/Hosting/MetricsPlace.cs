namespace Devices.Broker;

/// <summary>Where metrics are told.</summary>
/// <param name="Socket">The socket; null where nobody asked for them.</param>
internal sealed record MetricsPlace(ListeningSocket? Socket);
