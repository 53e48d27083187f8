using System.Threading.Channels;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// PostgreSQL's sequences during a run: put before the first id that the replay draws, and moved on where the replay has fallen behind production (a value drawn by
/// a session that is not played, or lost in a crash). Never back: what came after would draw what is taken. On connections of its own: setval in a session's
/// transaction could fail and end it.
/// </summary>
public sealed class SequenceKeeper : IAsyncDisposable
{
    /// <summary>The most exchanges past the cut that are read to find the first ids: 200,000.</summary>
    public const int MaxExchanges = 200_000;

    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (TargetControl Control, DrawnIds Ids, IReadOnlyList<SequenceColumn> Columns)> _databases = new(StringComparer.Ordinal);
    private readonly Channel<(string Database, SequenceColumn Column, long Value)> _behind = Channel.CreateBounded<(string, SequenceColumn, long)>(
        new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly ValueCounts _counts;
    private readonly Action<string> _warn;
    private Task _moving = Task.CompletedTask;

    private SequenceKeeper(ValueCounts counts, Action<string> warn) => (_counts, _warn) = (counts, warn);

    /// <summary>Connects to each database that the sessions use and puts its sequences where they have to stand.</summary>
    /// <param name="target">Where.</param>
    /// <param name="reader">The workload.</param>
    /// <param name="verdict">What is played.</param>
    /// <param name="isPlaced">Whether a sequence of a database is placed before each insert, and so is left alone.</param>
    /// <param name="counts">Gets what was set and missed.</param>
    /// <param name="warn">Gets what went wrong.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static async Task<SequenceKeeper> StartAsync(TargetUrl target, WorkloadReader reader, Func<long, PlayVerdict> verdict, Func<string, string, bool> isPlaced, ValueCounts counts, Action<string> warn, CancellationToken cancellation)
    {
        var keeper = new SequenceKeeper(counts, warn);
        var placed = new HashSet<SequenceColumn>();
        try
        {
            foreach (var database in reader.Sessions.Select(s => DatabaseOf(s, target)).Where(static d => d.Length > 0).Distinct(StringComparer.Ordinal))
            {
                var control = await TargetControl.OpenAsync(target, database, cancellation);
                keeper._databases.Add(database, (control, new DrawnIds([], reader.Shapes), []));
                var columns = await PostgresSequences.ReadAsync(control);
                placed.UnionWith(columns.Where(c => isPlaced(database, c.Sequence)));
                keeper._databases[database] = (control, new DrawnIds(columns, reader.Shapes), columns);
            }

            await keeper.PlaceAsync(target, reader, verdict, placed, cancellation);
        }
        catch (OperationCanceledException)
        {
            await keeper.DisposeAsync();
            throw;
        }
        catch (CommandException e)
        {
            warn($"sequences are left where they stand: {e.Message}");
        }

        keeper._moving = Task.Run(keeper.MoveAsync, CancellationToken.None);
        return keeper;
    }

    /// <summary>The database in which a session is played.</summary>
    public static string DatabaseOf(Session session, TargetUrl target) => TargetLinkOpener.DatabaseOf(session) ?? target.Database ?? "";

    /// <summary>What an exchange of a database drew. The feeder's thread.</summary>
    public bool TryFind(string database, in Exchange exchange, out Draw draw)
    {
        draw = default;
        return _databases.TryGetValue(database, out var known) && known.Ids.TryFind(in exchange, out draw);
    }

    /// <summary>An insert drew up to <paramref name="now"/> where it drew up to <paramref name="captured"/> in production; any thread.</summary>
    public void Drew(string database, SequenceColumn column, long captured, long now)
    {
        if (now < captured)
        {
            _behind.Writer.TryWrite((database, column, captured));
        }
        else if (now > captured)
        {
            _counts.Miss(MissReason.SequenceAhead);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _behind.Writer.TryComplete();
        // A server that does not answer any more is not waited for.
        await Task.WhenAny(_moving, Task.Delay(EndWithin));
        foreach (var (control, _, _) in _databases.Values)
        {
            await control.DisposeAsync();
        }
    }

    private async Task PlaceAsync(TargetUrl target, WorkloadReader reader, Func<long, PlayVerdict> verdict, HashSet<SequenceColumn> placed, CancellationToken cancellation)
    {
        var starts = _databases.ToDictionary(static d => d.Key, static _ => new SequenceStarts(), StringComparer.Ordinal);
        var sequences = _databases.Values.Sum(static d => d.Columns.Count) - placed.Count;
        if (sequences == 0)
        {
            return;
        }

        using var cursor = reader.Read();
        for (var played = 0; played < MaxExchanges && cursor.MoveNext(); cancellation.ThrowIfCancellationRequested())
        {
            if (verdict(cursor.Position) is not (PlayVerdict.Play or PlayVerdict.PreRoll))
            {
                continue;
            }

            var exchange = cursor.Current;
            if (++played % 1024 == 0 && starts.All(s => s.Value.IsEnough(_databases[s.Key].Columns.Count(c => !placed.Contains(c)))))
            {
                break;
            }

            if (reader.Sessions.Find(exchange.Session) is { } session && DatabaseOf(session, target) is var database && TryFind(database, in exchange, out var draw) && !draw.Column.IsUnclear && !placed.Contains(draw.Column))
            {
                starts[database].Saw(in draw);
            }
        }

        foreach (var (database, found) in starts)
        {
            foreach (var (column, value) in found.All)
            {
                await PostgresSequences.StartAsync(_databases[database].Control, column, value);
                _counts.SawSet("sequence");
            }
        }
    }

    private async Task MoveAsync()
    {
        await foreach (var (database, column, value) in _behind.Reader.ReadAllAsync())
        {
            try
            {
                if (await PostgresSequences.ForwardAsync(_databases[database].Control, column, value))
                {
                    _counts.SawSet("sequence");
                }
            }
            catch (CommandException e)
            {
                _counts.Miss(MissReason.Refused);
                _warn($"a sequence could not be moved on: {e.Message}");
            }
        }
    }
}
