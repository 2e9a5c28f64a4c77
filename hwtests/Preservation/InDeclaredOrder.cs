using Xunit.Abstractions;
using Xunit.Sdk;

namespace Devices.HwTests.Preservation;

/// <summary>Runs a class's tests in the order in which they stand: for those of which the last ends what the others look at.</summary>
public sealed class InDeclaredOrder : ITestCaseOrderer
{
    /// <inheritdoc/>
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase
        => testCases.OrderBy(static test => test.TestMethod.Method.ToRuntimeMethod().MetadataToken);
}
