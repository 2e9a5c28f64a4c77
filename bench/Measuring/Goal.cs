namespace Devices.Bench.Measuring;

/// <summary>What a case is to reach: of the toolkit's value, or of its ratio to the peer's.</summary>
internal sealed record Goal
{
    private readonly bool _ofRatio;
    private readonly bool _atLeast;
    private readonly double _limit;

    private Goal(bool ofRatio, bool atLeast, double limit)
    {
        _ofRatio = ofRatio;
        _atLeast = atLeast;
        _limit = limit;
    }

    /// <summary>The toolkit's value by the peer's, where more is better.</summary>
    internal static Goal RatioAtLeast(double limit) => new(ofRatio: true, atLeast: true, limit);

    /// <summary>The toolkit's value by the peer's, where less is better.</summary>
    internal static Goal RatioAtMost(double limit) => new(ofRatio: true, atLeast: false, limit);

    /// <summary>The toolkit's value itself, in the unit of the case.</summary>
    internal static Goal ValueAtMost(double limit) => new(ofRatio: false, atLeast: false, limit);

    /// <summary>The same, where more is better.</summary>
    internal static Goal ValueAtLeast(double limit) => new(ofRatio: false, atLeast: true, limit);

    /// <summary>Whether medians reach it; null where there is no peer's value and the goal is of the ratio.</summary>
    internal bool? IsReachedBy(double value, double? ratio)
        => (_ofRatio ? ratio : value) is { } judged ? (_atLeast ? judged >= _limit : judged <= _limit) : null;

    /// <summary>As <c>ratio ≥ 0.98</c>.</summary>
    public override string ToString() => $"{(_ofRatio ? "ratio " : "")}{(_atLeast ? "≥" : "≤")} {_limit}";
}
