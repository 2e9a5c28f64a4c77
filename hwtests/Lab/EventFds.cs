using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Lab;

/// <summary>The eventfds of one test, closed with it.</summary>
internal sealed class EventFds : IDisposable
{
    private readonly List<EventFd> _all = [];

    internal EventFd New()
    {
        var eventFd = EventFd.Create();
        _all.Add(eventFd);
        return eventFd;
    }

    internal InterruptVectors Arm(InterruptVectors vectors, int count)
    {
        vectors.Enable([.. Enumerable.Range(0, count).Select(_ => New())]);
        return vectors;
    }

    public void Dispose()
    {
        foreach (var eventFd in _all) eventFd.Dispose();
    }
}
