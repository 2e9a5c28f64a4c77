using System.Text.Json;
using Xunit.Abstractions;

namespace Devices.HwTests.Runner;

/// <summary>Tells of each test as it goes, to a person and, a line at a time, to a file: what a dying guest leaves behind is true up to there.</summary>
internal sealed class ResultWriter : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly FileStream? _file;
    private readonly bool _verbose;
    private readonly Lock _lock = new();
    private ResultLine? _running;

    public ResultWriter(string? path, bool verbose)
    {
        // No buffer: a line is written when the call returns.
        _file = path is null ? null : new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _verbose = verbose;
        Current = this;
    }

    /// <summary>The one that the running test reports to; null outside of a run.</summary>
    public static ResultWriter? Current { get; private set; }

    public ManualResetEventSlim Finished { get; } = new();

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public void Planned(ITestCase testCase) => Write(new(TestEvent.Planned, testCase.DisplayName, testCase.UniqueID));

    /// <summary>The running test will not end in this kernel.</summary>
    public void Jumped()
    {
        if (_running is { } running)
            Write(running with { Event = TestEvent.Jumped });
        Console.Out.Flush();
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestStarting started:
                _running = new(TestEvent.Started, started.Test.DisplayName, started.TestCase.UniqueID);
                Write(_running);
                break;
            case ITestPassed passed:
                Passed++;
                End(passed, TestEvent.Passed, text: null);
                break;
            case ITestFailed failed:
                Failed++;
                End(failed, TestEvent.Failed, Text(failed));
                break;
            case ITestSkipped skipped:
                Skipped++;
                End(skipped, TestEvent.Skipped, skipped.Reason);
                break;
            case ITestAssemblyFinished:
                Finished.Set();
                break;
            // What fails around a test (a fixture, a class clean-up, a collection) has no test to fail: it counts as one.
            case IErrorMessage error:
                Failed++;
                Orphan(error.TestCases, error);
                break;
            case ITestClassCleanupFailure or ITestCollectionCleanupFailure or ITestAssemblyCleanupFailure or ITestCaseCleanupFailure or ITestMethodCleanupFailure or ITestCleanupFailure:
                Failed++;
                Orphan(((IExecutionMessage)message).TestCases, (IFailureInformation)message);
                break;
        }

        return true;
    }

    public void Dispose()
    {
        Current = null;
        _file?.Dispose();
        Finished.Dispose();
    }

    private static string Text(IFailureInformation failure)
        => string.Join("\n--- inner\n", failure.ExceptionTypes.Zip(failure.Messages, failure.StackTraces).Select(part => $"{part.First}: {part.Second}\n{part.Third}"));

    private void Orphan(IEnumerable<ITestCase> cases, IFailureInformation failure)
    {
        var name = $"clean-up or set-up around {cases.FirstOrDefault()?.DisplayName ?? "the tests"}";
        Tell("FAILED", name, Text(failure));
        Write(new(TestEvent.Failed, name, Message: Text(failure)));
    }

    private void End(ITestResultMessage result, TestEvent outcome, string? text)
    {
        _running = null;
        if (outcome == TestEvent.Failed)
            Tell("FAILED", result.Test.DisplayName, text);
        else if (_verbose)
            Tell(outcome == TestEvent.Passed ? "passed" : "skipped", $"{result.Test.DisplayName} ({result.ExecutionTime:0.00} s)", text);
        Write(new(outcome, result.Test.DisplayName, result.TestCase.UniqueID, text, result.ExecutionTime));
    }

    private static void Tell(string what, string name, string? text)
        => Console.WriteLine(text is null ? $"  {what} {name}" : $"  {what} {name}\n    {text.ReplaceLineEndings("\n    ")}");

    private void Write(ResultLine line)
    {
        if (_file is null)
            return;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, ResultJson.Default.ResultLine);
        lock (_lock)
            _file.Write([.. bytes, (byte)'\n']);
    }
}
