using Replay.Agent.Hosting;

namespace Replay.Agent.Snapshots;

/// <summary>
/// Holds up all commits of a MySQL or MariaDB server for the moment of the cut, so that the wire tells exactly which transactions the snapshot has: those that were answered before
/// commits went on. MariaDB by BACKUP STAGE BLOCK_COMMIT, which reads and writes do not feel; MySQL has only FLUSH TABLES WITH READ LOCK, for which it waits until running statements have
/// ended, while new ones wait behind it: so not while there is a long one.
/// <see href="https://mariadb.com/kb/en/backup-stage/"/>, <see href="https://dev.mysql.com/doc/refman/8.4/en/flush.html#flush-tables-with-read-lock"/>
/// </summary>
internal sealed class MySqlHold : IDisposable
{
    /// <summary>How long commits are held up at least, so that what was committed before has been answered: 20 ms.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(20);

    private const string Marker = "dbcapture-end-of-answer";
    private const int LongStatementSeconds = 2;
    private const int LockSeconds = 2; // that the lock is waited for; meanwhile others wait too
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250); // beyond which a release in time cannot still be on its way

    private readonly ToolProcess _client;
    private readonly string _release;
    private readonly CancellationTokenSource _released = new();
    private Task _bound = Task.CompletedTask;

    private MySqlHold(ToolProcess client, string release) => (_client, _release) = (client, release);

    /// <summary>When commits were held up, by this host's clock.</summary>
    public DateTime Since { get; private set; }

    /// <summary>
    /// Holds them up, for <paramref name="most"/> and a quarter of a second at most: then the session is ended, whatever else waits. A <see cref="UserException"/> says why it could not.
    /// </summary>
    public static async Task<MySqlHold> TakeAsync(MySqlTools tools, bool isMariaDbServer, TimeSpan most, CancellationToken stop)
    {
        var hold = new MySqlHold(tools.StartClient(), isMariaDbServer ? "BACKUP STAGE END" : "UNLOCK TABLES");
        try
        {
            await hold.RunAsync($"SET SESSION lock_wait_timeout = {LockSeconds}", stop).ConfigureAwait(false);
            if (isMariaDbServer)
            {
                await hold.RunAsync("BACKUP STAGE START", stop).ConfigureAwait(false);
                await hold.RunAsync("BACKUP STAGE BLOCK_COMMIT", stop).ConfigureAwait(false);
            }
            else
            {
                var running = await hold.RunAsync(
                    $"SELECT COUNT(*) FROM information_schema.processlist WHERE command IN ('Query', 'Execute') AND time >= {LongStatementSeconds} AND id <> CONNECTION_ID()", stop).ConfigureAwait(false);
                if (running != "0")
                {
                    throw new UserException($"{running} statements have been running for {LongStatementSeconds} s and longer, and all others would wait for them");
                }

                await hold.RunAsync("FLUSH TABLES WITH READ LOCK", stop).ConfigureAwait(false);
            }

            hold.Since = DateTime.UtcNow;
            hold._bound = hold.EndAfterAsync(most + Grace);
            return hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Lets commits go on; returns the microseconds since 1970 until when none had been.</summary>
    public async Task<long> ReleaseAsync(CancellationToken stop)
    {
        if (Since + Least - DateTime.UtcNow is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, stop).ConfigureAwait(false);
        }

        var now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await RunAsync(_release, stop).ConfigureAwait(false);
        await _released.CancelAsync().ConfigureAwait(false);
        return now;
    }

    /// <summary>Ends the session, and with it the lock.</summary>
    public void Dispose()
    {
        _released.Cancel();
        _bound.GetAwaiter().GetResult();
        _released.Dispose();
        _client.Dispose();
    }

    /// <summary>A value that holds as long as commits are held up.</summary>
    public Task<string> ValueAsync(string sql, CancellationToken stop) => RunAsync(sql, stop);

    private async Task EndAfterAsync(TimeSpan most)
    {
        try
        {
            await Task.Delay(most, _released.Token).ConfigureAwait(false);
            _client.Kill();
        }
        catch (OperationCanceledException)
        {
            // Commits went on in time.
        }
    }

    // The first line of the answer; empty if there is none.
    private async Task<string> RunAsync(string sql, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            await _client.Input.WriteAsync($"{sql};\nSELECT '{Marker}';\n".AsMemory(), timeout.Token).ConfigureAwait(false);
            await _client.Input.FlushAsync(timeout.Token).ConfigureAwait(false);
            for (var first = ""; await _client.Output.ReadLineAsync(timeout.Token).ConfigureAwait(false) is { } line;)
            {
                if (line == Marker)
                {
                    return first;
                }

                first = first.Length == 0 ? line : first;
            }
        }
        catch (IOException)
        {
            // The client has gone: its own words say why.
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new UserException($"no answer to {sql} within {AnswerTimeout:c}", e);
        }

        await _client.WaitAsync(stop).ConfigureAwait(false);
        throw new UserException($"{sql}: {_client.LastError}");
    }
}
