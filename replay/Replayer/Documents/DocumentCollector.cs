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
    /// <param name="leading">The shapes to explain, each with the position of an example.</param>
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

    private async Task<List<ExplainedPlan>> ExplainAsync(IReadOnlyList<(int Shape, long ExamplePosition, long Microseconds)> leading)
    {
        var plans = new List<ExplainedPlan>();
        foreach (var group in leading.Select(Example).OfType<StatementExample>().GroupBy(e => e.Database))
        {
            try
            {
                await using var control = await TargetControl.OpenAsync(Url, group.Key);
                foreach (var example in group)
                {
                    var (plan, tree, error) = await ExplainAsync(control, example);
                    plans.Add(new ExplainedPlan(Reader.Shapes[example.Shape].Hex, example.Position, example.Sql, plan, tree, error));
                }
            }
            catch (CommandException e)
            {
                Warn($"statements of database '{group.Key}' were not explained: {e.Message}");
            }
        }

        return plans;
    }

    private StatementExample? Example((int Shape, long ExamplePosition, long Microseconds) leading)
    {
        using var cursor = Reader.Read(leading.ExamplePosition);
        if (!cursor.MoveNext())
        {
            return null;
        }

        var exchange = cursor.Current;
        var session = Reader.Sessions.Find(exchange.Session);
        var database = session?.Database is { Length: > 0 } name ? name : Url.Database;
        return StatementExample.From(leading.ExamplePosition, in exchange, Reader.Shapes[leading.Shape], database, session?.User);
    }
}
