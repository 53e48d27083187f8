using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A connection of the replayer's own, for what is not replayed: facts, restore, documents.</summary>
public sealed partial class TargetControl : IAsyncDisposable
{
    private readonly TargetConnection _connection;

    private TargetControl(TargetConnection connection, TargetUrl url)
    {
        _connection = connection;
        Url = url;
    }

    /// <summary>Where it goes.</summary>
    public TargetUrl Url { get; }

    /// <summary>Opens one; a <see cref="CommandException"/> if the target cannot be reached or refuses.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="database">A database by its captured name; null: the URL's.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static async Task<TargetControl> OpenAsync(TargetUrl url, string? database = null, CancellationToken cancellation = default)
    {
        var connection = TargetConnection.Create(url);
        try
        {
            await connection.OpenAsync(new ConnectionOptions { Url = url, Database = database is null ? url.Database : url.Names.Database(database) }, cancellation);
            return new TargetControl(connection, url);
        }
        catch (TargetException e)
        {
            await connection.DisposeAsync();
            throw new CommandException($"{url}: {e.Message}");
        }
    }

    /// <summary>Runs a statement; the server's error is in the result.</summary>
    public ValueTask<QueryResult> TryAsync(string sql) => _connection.QueryAsync(sql);

    /// <summary>Runs a statement; a <see cref="CommandException"/> that says what was tried if the server refuses.</summary>
    public async Task<QueryResult> QueryAsync(string sql, string what)
    {
        try
        {
            var result = await _connection.QueryAsync(sql);
            return result.Succeeded ? result : throw new CommandException($"{Url}: {what}: {result.ErrorMessage} ({result.ErrorCode})");
        }
        catch (TargetException e)
        {
            throw new CommandException($"{Url}: {what}: {e.Message}");
        }
    }

    /// <summary>What the target says of itself.</summary>
    public Task<TargetFacts> ReadFactsAsync() => Url.Engine == Engine.PostgreSql ? ReadPostgresFactsAsync() : ReadMySqlFactsAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
