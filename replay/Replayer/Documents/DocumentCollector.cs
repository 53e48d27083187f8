using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Stores in a run what a comparison's explanation needs of the server: <c>server.json</c>, <c>settings.json</c>, <c>environment.json</c>, <c>tables.json</c> and
/// <c>plans.json</c>. Everything is read untimed after the last exchange; statements are explained, not executed.
/// </summary>
public abstract class DocumentCollector
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // For what is explained beside the first executions.
    private static readonly TimeSpan FurtherWithin = TimeSpan.FromMinutes(1);

    private protected DocumentCollector(TargetUrl url, WorkloadReader reader, Action<string> warn)
    {
        Url = url;
        Reader = reader;
        Warn = warn;
    }

    /// <summary>The target.</summary>
    protected TargetUrl Url { get; }

    /// <summary>The workload.</summary>
    protected WorkloadReader Reader { get; }

    /// <summary>Takes what could not be had.</summary>
    protected Action<string> Warn { get; }

    /// <summary>The collector for a target's engine.</summary>
    public static DocumentCollector For(TargetUrl url, WorkloadReader reader, Action<string> warn) =>
        url.Engine == Engine.PostgreSql ? new PostgresDocuments(url, reader, warn) : new MySqlDocuments(url, reader, warn);

    /// <summary>Collects all documents; a <see cref="TargetException"/> if the target is gone.</summary>
    /// <param name="writer">The run.</param>
    /// <param name="leading">The shapes to explain, each with the position of its first execution; <see cref="ExecutionChooser"/> finds further ones.</param>
    public async Task CollectAsync(RunWriter writer, IReadOnlyList<(int Shape, long ExamplePosition, long Microseconds)> leading)
    {
        await using (var control = await TargetControl.OpenAsync(Url))
        {
            var facts = await control.ReadFactsAsync();
            writer.WriteDocument("server.json", JsonSerializer.Serialize(new { facts.Engine, facts.ServerVersion, facts.SystemIdentifier, facts.MaxConnections }, Json));
            writer.WriteDocument("settings.json", JsonSerializer.Serialize(await ReadSettingsAsync(control), Json));
            writer.WriteDocument("environment.json", JsonSerializer.Serialize(await ReadEnvironmentAsync(control), Json));
        }

        writer.WriteDocument("tables.json", JsonSerializer.Serialize(await ReadTablesAsync(), Json));
        writer.WriteDocument("plans.json", JsonSerializer.Serialize(await ExplainAsync(leading), Json));
    }

    /// <summary>All settings by name.</summary>
    protected abstract Task<IReadOnlyDictionary<string, string?>> ReadSettingsAsync(TargetControl control);

    /// <summary>Extensions, collations and settings of single users.</summary>
    protected abstract Task<ServerEnvironment> ReadEnvironmentAsync(TargetControl control);

    /// <summary>Statistics of tables and indexes of the databases that sessions used.</summary>
    protected abstract Task<IReadOnlyList<TableStatistics>> ReadTablesAsync();

    /// <summary>The plan of one statement.</summary>
    protected abstract Task<Explanation> ExplainAsync(TargetControl control, StatementExample example);

    /// <summary>The databases that sessions of this engine used, and those of the snapshot.</summary>
    protected IReadOnlyCollection<string> Databases()
    {
        var databases = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var session in Reader.Sessions.Where(s => s.Engine == Url.Engine && s.Purpose == SessionPurpose.Client))
        {
            databases.Add(session.Database is { Length: > 0 } name ? name : Url.Database);
        }

        foreach (var database in Reader.Manifest.Snapshot?.Databases ?? [])
        {
            databases.Add(database.Name);
        }

        databases.Remove("");
        return databases;
    }

    // The further ones are explained behind all first ones, so that being many they take nothing away.
    private async Task<IEnumerable<ExplainedPlan>> ExplainAsync(IReadOnlyList<(int Shape, long ExamplePosition, long Microseconds)> leading)
    {
        var further = ExecutionChooser.Choose(Reader, Url.Database, [.. leading.Select(shape => (shape.Shape, shape.ExamplePosition))]);
        var plans = new List<ExplainedPlan>();
        await ExplainAsync(leading.Select(shape => Example(shape.Shape, shape.ExamplePosition)), plans, Timeout.InfiniteTimeSpan);
        await ExplainAsync(leading.SelectMany(shape => further[shape.Shape].Select(position => Example(shape.Shape, position))), plans, FurtherWithin);
        var ranks = leading.Select((shape, rank) => (Reader.Shapes[shape.Shape].Hex, rank)).ToDictionary(StringComparer.Ordinal);
        return plans.OrderBy(plan => ranks[plan.Shape]).ThenBy(plan => plan.Position);
    }

    private async Task ExplainAsync(IEnumerable<StatementExample?> examples, List<ExplainedPlan> plans, TimeSpan within)
    {
        var since = Stopwatch.GetTimestamp();
        var left = 0;
        foreach (var group in examples.OfType<StatementExample>().GroupBy(e => e.Database))
        {
            try
            {
                await using var control = await TargetControl.OpenAsync(Url, group.Key);
                foreach (var example in group)
                {
                    if (within != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(since) > within)
                    {
                        left++;
                        continue;
                    }

                    var (plan, tree, error) = await ExplainAsync(control, example);
                    plans.Add(new ExplainedPlan(Reader.Shapes[example.Shape].Hex, example.Position, example.Sql, plan, tree, error));
                }
            }
            catch (CommandException e)
            {
                Warn($"statements of database '{group.Key}' were not explained: {e.Message}");
            }
        }

        if (left > 0)
        {
            Warn($"{left} executions beside the first of their shape were not explained: the others took {within.TotalSeconds:0} s");
        }
    }

    private StatementExample? Example(int shape, long position)
    {
        if (StatementExample.IsList(Reader.Shapes[shape]))
        {
            return null;
        }

        using var cursor = Reader.Read(position);
        if (!cursor.MoveNext())
        {
            return null;
        }

        var exchange = cursor.Current;
        var session = Reader.Sessions.Find(exchange.Session);
        var database = session?.Database is { Length: > 0 } name ? name : Url.Database;
        return StatementExample.From(position, in exchange, Reader.Shapes[shape], database, session?.User);
    }
}
