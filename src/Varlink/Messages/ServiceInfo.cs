namespace Devices.Varlink;

/// <summary>Who a service is (<c>org.varlink.service.GetInfo</c>).</summary>
/// <param name="Vendor">Who made it.</param>
/// <param name="Product">What it is called.</param>
/// <param name="Version">Its version.</param>
/// <param name="Url">Where there is more about it.</param>
/// <param name="Interfaces">The interfaces that it has; filled in by the service.</param>
public sealed record ServiceInfo(string Vendor, string Product, string Version, string Url, IReadOnlyList<string> Interfaces);
