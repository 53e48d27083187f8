using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>What one pass over a workload tells. Its memory grows with the number of shapes, error codes and minutes, not of exchanges.</summary>
internal sealed class WorkloadSummary
{
    private const long MicrosecondsPerMinute = 60_000_000;
    private readonly Dictionary<(Engine, string), CommandTotals> _commands = [];
    private readonly Dictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> _minutes = [];

    private WorkloadSummary(WorkloadReader reader) => Shapes = [.. reader.Shapes.Select(shape => new ShapeTotals(shape))];

    /// <summary>Exchanges by protocol and command.</summary>
    public IEnumerable<CommandTotals> Commands => _commands.Values.OrderByDescending(command => command.Count);

    /// <summary>Errors by code.</summary>
    public IEnumerable<KeyValuePair<string, long>> Errors => _errors.OrderByDescending(error => error.Value).ThenBy(error => error.Key, StringComparer.Ordinal);

    /// <summary>Shapes, by number.</summary>
    public IReadOnlyList<ShapeTotals> Shapes { get; }

    /// <summary>Sessions by what became of them.</summary>
    public SessionTotals Sessions { get; } = new();

    /// <summary>Exchanges read.</summary>
    public long Exchanges { get; private set; }

    /// <summary>Exchanges of which a part is missing.</summary>
    public long Incomplete { get; private set; }

    /// <summary>When the first exchange started, microseconds since 1970; null if there is none.</summary>
    public long? FirstAtMicroseconds { get; private set; }

    /// <summary>When the last exchange ended.</summary>
    public long LastAtMicroseconds { get; private set; }

    /// <summary>Reads the whole workload.</summary>
    public static WorkloadSummary Of(WorkloadReader reader, CancellationToken stop)
    {
        var summary = new WorkloadSummary(reader);
        foreach (var session in reader.Sessions)
        {
            summary.Sessions.Add(session);
        }

        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext() && !stop.IsCancellationRequested)
        {
            summary.Add(cursor.Current);
        }

        return summary;
    }

    /// <summary>The span of time with the most exchanges: an hour, or a minute when all lasted less than two hours.</summary>
    public BusiestSpan? Busiest()
    {
        if (_minutes.Count == 0)
        {
            return null;
        }

        var minutes = (LastAtMicroseconds - FirstAtMicroseconds) / MicrosecondsPerMinute >= 120 ? 60 : 1;
        var (start, count) = _minutes.GroupBy(minute => minute.Key / minutes, (key, group) => (Start: key * minutes, Count: group.Sum(m => m.Value)))
            .OrderByDescending(span => span.Count).ThenBy(span => span.Start).First();
        return new BusiestSpan(start * MicrosecondsPerMinute, minutes, count);
    }

    private void Add(in Exchange exchange)
    {
        Exchanges++;
        var isWhole = (exchange.Flags & ExchangeFlags.Complete) != ExchangeFlags.None;
        Incomplete += isWhole ? 0 : 1;
        FirstAtMicroseconds = Math.Min(FirstAtMicroseconds ?? long.MaxValue, exchange.StartedAtMicroseconds);
        LastAtMicroseconds = Math.Max(LastAtMicroseconds, exchange.EndedAtMicroseconds);
        var minute = exchange.StartedAtMicroseconds / MicrosecondsPerMinute;
        _minutes[minute] = _minutes.GetValueOrDefault(minute) + 1;

        var key = (exchange.Command >= Command.MySqlQuit ? Engine.MySql : Engine.PostgreSql, exchange.Command.Name());
        if (!_commands.TryGetValue(key, out var command))
        {
            _commands[key] = command = new CommandTotals(key.Item1, key.Item2);
        }

        command.Add(exchange);
        if (exchange.Failed)
        {
            var code = WireText.Of(exchange.ErrorCode);
            _errors[code] = _errors.GetValueOrDefault(code) + 1;
        }

        if (exchange.Shape >= 0)
        {
            Shapes[exchange.Shape].Add(exchange);
        }
    }
}

/// <summary>The busiest span of a workload.</summary>
/// <param name="StartMicroseconds">When it begins, microseconds since 1970.</param>
/// <param name="Minutes">How long it is.</param>
/// <param name="Exchanges">Exchanges that started in it.</param>
internal sealed record BusiestSpan(long StartMicroseconds, int Minutes, long Exchanges);
