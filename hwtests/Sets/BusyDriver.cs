using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Sets;

/// <summary>A driver whose device works all the time, on a thread of its own, until it is brought to rest; how often it has is in memory that goes over, and in a file for the test to see.</summary>
/// <param name="name">What the process is called.</param>
/// <param name="driver">The device's driver.</param>
/// <param name="ledger">Where the count goes.</param>
/// <param name="work">The work, given its number.</param>
/// <param name="first">What is done when the device first goes on, before any work; or null.</param>
internal sealed class BusyDriver(string name, IKeepableDriver driver, MemFd ledger, Action<ulong> work, Action? first = null) : IKeepableDriver
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private Thread? _thread;
    private Exception? _failure;
    private Action? _first = first;
    private volatile bool _stop;

    public string DriverName => driver.DriverName;

    public uint StateVersion => driver.StateVersion;

    internal ulong Count { get; set; }

    /// <summary>Tells a process how to fail: <c>refuse</c>, <c>hang</c> or <c>die</c>, and the how manieth quiesce from now on is to do so.</summary>
    internal static void Order(string name, string how, int which) => File.WriteAllText(OrderOf(name), $"{how} {which}");

    /// <summary>How often the device of a process has done its work.</summary>
    internal static ulong CountOf(string name) => File.Exists(CountPathOf(name)) && ulong.TryParse(File.ReadAllText(CountPathOf(name)), CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>Waits until the device of a process has done more.</summary>
    internal static void AwaitMore(string name)
    {
        var count = CountOf(name);
        Assert.True(Patience.Until(() => CountOf(name) > count + 1), $"{name} does not go on");
    }

    internal static ulong Read(MemFd ledger)
    {
        var bytes = new byte[sizeof(ulong)];
        ledger.Fd.ReadExactlyAt(bytes, 0);
        return BitConverter.ToUInt64(bytes);
    }

    internal void Start()
    {
        if (_thread is not null) return;
        _stop = false;
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
    }

    public void Quiesce()
    {
        _stop = true;
        _thread?.Join();
        _thread = null;
        if (_failure is not null) throw new InvalidOperationException($"{name}: {_failure}");
        try
        {
            Obey();
            driver.Quiesce();
        }
        catch
        {
            Start();
            throw;
        }
    }

    public void Resume()
    {
        driver.Resume();
        _first?.Invoke();
        _first = null;
        Start();
    }

    public void Save(IBufferWriter<byte> state) => driver.Save(state);

    private static string OrderOf(string name) => $"/run/set-{name}-order";

    private static string CountPathOf(string name) => $"/run/set-{name}-count";

    private void Work()
    {
        try
        {
            while (!_stop)
            {
                work(Count++);
                ledger.Fd.WriteExactlyAt(BitConverter.GetBytes(Count), 0);
                File.WriteAllText(CountPathOf(name), Count.ToString(CultureInfo.InvariantCulture));
                Thread.Sleep(s_pause); // the guest's CPUs are there for the others too
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    private void Obey()
    {
        if (!File.Exists(OrderOf(name))) return;
        var words = File.ReadAllText(OrderOf(name)).Split(' ');
        var left = int.Parse(words[1], CultureInfo.InvariantCulture) - 1;
        if (left > 0)
        {
            Order(name, words[0], left);
            return;
        }

        File.Delete(OrderOf(name));
        switch (words[0])
        {
            case "refuse":
                throw new InvalidOperationException("it was told to refuse");
            case "hang":
                Thread.Sleep(TimeSpan.FromSeconds(12));
                break;
            default:
                using (var self = Process.GetCurrentProcess()) self.Kill();
                Thread.Sleep(Timeout.Infinite);
                break;
        }
    }
}
