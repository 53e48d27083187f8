using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>What <c>show</c> is asked for.</summary>
internal sealed record ShowFilter
{
    /// <summary>Only this session.</summary>
    public int? Session { get; init; }

    /// <summary>Only shapes whose fingerprint begins with these hexadecimal digits.</summary>
    public string? Shape { get; init; }

    /// <summary>Only what started at or after this moment, microseconds since 1970.</summary>
    public long FromMicroseconds { get; init; } = long.MinValue;

    /// <summary>Only what started before this moment, microseconds since 1970.</summary>
    public long ToMicroseconds { get; init; } = long.MaxValue;

    /// <summary>Only what failed.</summary>
    public bool Errors { get; init; }

    /// <summary>Only these exchanges.</summary>
    public IReadOnlySet<(int Session, int Ordinal)>? Exchanges { get; init; }

    /// <summary>Whether sessions are shown for their exchanges' sake only: just before the first one that is shown.</summary>
    public bool IsNarrow => Shape is not null || Exchanges is not null || Errors || FromMicroseconds > long.MinValue || ToMicroseconds < long.MaxValue;

    /// <summary>Whether a moment is asked for.</summary>
    public bool Wants(long microseconds) => microseconds >= FromMicroseconds && microseconds < ToMicroseconds;

    /// <summary>Whether a block can hold what is asked for.</summary>
    public bool MayBeIn(in BlockInfo block) => (Session is not { } session || block.MayHold(session))
        && block.MaxEndedAtMicroseconds >= FromMicroseconds && block.MinStartedAtMicroseconds < ToMicroseconds;
}
