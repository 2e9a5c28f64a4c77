using System.Reflection;
using Devices.HwTests.Lab;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Devices.HwTests.Runner;

/// <summary>This assembly's tests, found and run by xunit's own framework.</summary>
internal sealed class TestCases : IDisposable
{
    private readonly XunitTestFramework _framework = new(new NullMessageSink());
    private readonly TestOptions _options = new();

    public IReadOnlyList<ITestCase> Find(RunOptions options)
    {
        using var found = new DiscoverySink();
        using var discoverer = _framework.GetDiscoverer(Reflector.Wrap(Assembly.GetExecutingAssembly()));
        discoverer.Find(includeSourceInformation: false, found, _options);
        found.Finished.Wait();
        return found.Cases.Where(found => options.Filter.Length > 0 ? found.DisplayName.Contains(options.Filter, StringComparison.OrdinalIgnoreCase) : Trait(found, OnDemandAttribute.Trait) is null).ToList();
    }

    public void Run(IEnumerable<ITestCase> cases, ResultWriter results)
    {
        using var executor = _framework.GetExecutor(Assembly.GetExecutingAssembly().GetName());
        executor.RunTests(cases, results, _options);
        results.Finished.Wait();
    }

    /// <summary>The guest that a test needs.</summary>
    public static string GuestOf(ITestCase testCase) => Trait(testCase, GuestAttribute.Trait) ?? GuestAttribute.Default;

    /// <summary>The scenario of a test over a kexec, or null.</summary>
    public static string? ScenarioOf(ITestCase testCase) => Trait(testCase, BeforeKexecAttribute.Trait) ?? Trait(testCase, AfterKexecAttribute.Trait);

    /// <summary>Whether the test is the half of its scenario that runs in that phase.</summary>
    public static bool IsOfPhase(ITestCase testCase, string phase) => Trait(testCase, phase == "after" ? AfterKexecAttribute.Trait : BeforeKexecAttribute.Trait) is not null;

    public void Dispose() => _framework.Dispose();

    private static string? Trait(ITestCase testCase, string name)
        => testCase.Traits.TryGetValue(name, out var values) ? values[^1] : null;

    private sealed class DiscoverySink : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        public List<ITestCase> Cases { get; } = [];

        public ManualResetEventSlim Finished { get; } = new();

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage found)
                Cases.Add(found.TestCase);
            else if (message is IDiscoveryCompleteMessage)
                Finished.Set();
            return true;
        }

        public void Dispose() => Finished.Dispose();
    }
}
