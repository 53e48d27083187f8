using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>Sums over exchanges.</summary>
internal class ExchangeTotals
{
    public long Count { get; private set; }

    public long Errors { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Exchanges whose latency is known.</summary>
    public long Timed { get; private set; }

    public long TotalMicroseconds { get; private set; }

    public long MaxMicroseconds { get; private set; }

    /// <summary>Mean latency; 0 if none is known.</summary>
    public double MeanMicroseconds => Timed == 0 ? 0 : (double)TotalMicroseconds / Timed;

    public void Add(in Exchange exchange)
    {
        Count++;
        Errors += exchange.Failed ? 1 : 0;
        Rows += Math.Max(0, exchange.Rows);
        if (exchange.LatencyMicroseconds is { } latency)
        {
            Timed++;
            TotalMicroseconds += latency;
            MaxMicroseconds = Math.Max(MaxMicroseconds, latency);
        }
    }
}

/// <summary>Sums over the exchanges of one command.</summary>
internal sealed class CommandTotals(Engine engine, string name) : ExchangeTotals
{
    public Engine Engine { get; } = engine;

    public string Name { get; } = name;
}

/// <summary>Sums over the exchanges of one shape.</summary>
internal sealed class ShapeTotals(Shape shape) : ExchangeTotals
{
    public Shape Shape { get; } = shape;
}

/// <summary>Sessions by what became of them.</summary>
internal sealed class SessionTotals
{
    private readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);

    public long Count { get; private set; }

    public long FromStart { get; private set; }

    public long Encrypted { get; private set; }

    public long Refused { get; private set; }

    public long Undecodable { get; private set; }

    public long UserUnknown { get; private set; }

    public long SnapshotTool { get; private set; }

    public long Replication { get; private set; }

    /// <summary>Refused logins by error code.</summary>
    public IReadOnlyDictionary<string, long> RefusedByCode => _refused;

    public void Add(Session session)
    {
        Count++;
        FromStart += session.FromStart ? 1 : 0;
        Encrypted += session.Encrypted ? 1 : 0;
        Undecodable += session.Undecodable is null ? 0 : 1;
        UserUnknown += session.User is null ? 1 : 0;
        SnapshotTool += session.Purpose == SessionPurpose.SnapshotTool ? 1 : 0;
        Replication += session.Purpose == SessionPurpose.Replication ? 1 : 0;
        if (session.ErrorCode is { } code)
        {
            Refused++;
            _refused[code] = _refused.GetValueOrDefault(code) + 1;
        }
    }
}
