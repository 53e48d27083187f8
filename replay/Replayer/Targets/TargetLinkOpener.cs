using System.Collections.Concurrent;
using System.Collections.Frozen;
using Replay.Client;
using Replay.Client.PostgreSql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Opens sessions' connections to a target: with the captured database, parameters and capabilities, as the user that the login mode says.</summary>
public sealed class TargetLinkOpener : ILinkOpener
{
    // A replica's stream cannot be asked for, and protocol options are the client's own affair.
    private static readonly FrozenSet<string> NotSent = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "user", "database", "replication");

    private TargetUrl _url;
    private readonly LoginMode _login;
    private readonly PasswordFile _passwords;
    private readonly SnapshotInfo? _snapshot;
    private readonly Action<string> _warn;
    private readonly TimeSpan _timeout;
    private readonly RoleSettings _settings;
    private readonly ConcurrentDictionary<string, Lazy<Task<OidMap>>> _oids = new(StringComparer.Ordinal);
    private long _asTargetUser;
    private long _reencoded;
    private long _typesTold;

    /// <summary>An opener.</summary>
    public TargetLinkOpener(TargetUrl url, LoginMode login, PasswordFile passwords, SnapshotInfo? snapshot, TimeSpan timeout, Action<string> warn)
    {
        _url = url;
        _login = login;
        _passwords = passwords;
        _snapshot = snapshot;
        _timeout = timeout;
        _settings = new RoleSettings(url, timeout);
        _warn = warn;
    }

    /// <summary>Sessions that play as the URL's user because the captured one is not known or could not be taken on.</summary>
    public long AsTargetUser => Volatile.Read(ref _asTargetUser);

    /// <summary>Requests of closed connections whose layout was changed because the target lacks what the captured session had.</summary>
    public long Reencoded => Volatile.Read(ref _reencoded);

    /// <summary>Executions of closed connections that were given the types of their parameters, because the one that had told them was not replayed.</summary>
    public long TypesTold => Volatile.Read(ref _typesTold);

    /// <summary>How long statements may take; null: as long as they take.</summary>
    public StatementTimeout? StatementTimeout { get; init; }

    /// <inheritdoc/>
    public async ValueTask<IPlayerLink> OpenAsync(Session session, ILinkReceiver receiver, CancellationToken cancellation)
    {
        var database = DatabaseOf(session);
        if (database is null)
        {
            _warn("sessions whose database the wire did not tell use the URL's");
            database = _url.Database;
        }

        var user = session.User is { } captured ? _url.Names.User(captured) : null;
        var name = _url.Names.Database(database);
        var options = OptionsOf(session, database, out var asCaptured) with { Oids = _url.Engine == Engine.PostgreSql ? await OidsAsync(database) : null };
        if (!asCaptured && _url.Engine == Engine.PostgreSql && user is not null && user != _url.User)
        {
            options = options with { Parameters = await _settings.AddAsync(user, name, new Dictionary<string, string>(options.Parameters, StringComparer.Ordinal)) };
        }

        if (StatementTimeout?.Parameter is { } parameter)
        {
            options = options with { Parameters = new Dictionary<string, string>(options.Parameters, StringComparer.Ordinal) { [parameter.Key] = parameter.Value } };
        }

        var connection = TargetConnection.Create(_url);
        try
        {
            await connection.OpenAsync(options, cancellation);
            if (connection.TlsProblem is { } problem)
            {
                // The next ones need not find out again.
                _url = _url with { SslMode = SslMode.Disable };
                _warn($"sessions play without TLS: {problem}");
            }

            foreach (var difference in connection.Differences)
            {
                _warn($"the target lacks what captured sessions had: {difference}");
            }

            var takeOn = asCaptured ? null : await TakeOnAsync(connection, user, cancellation);
            if (StatementTimeout?.Statement is { } limit)
            {
                (await TargetLink.QueryAsync(connection, limit, _timeout, cancellation)).OrThrow(limit);
                takeOn = limit; // MySQL takes no user on
            }

            return new TargetLink(connection, session, receiver, takeOn, s => OptionsOf(s, DatabaseOf(s) ?? _url.Database, out _), Count);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // What the session's login says, without what has to be asked for.
    private ConnectionOptions OptionsOf(Session session, string database, out bool asCaptured)
    {
        var user = session.User is { } captured ? _url.Names.User(captured) : null;
        var password = session.User is null ? null : _passwords.Find(session.User) ?? _passwords.Find(user!);
        asCaptured = user is not null && (_login == LoginMode.Captured || (_url.Engine == Engine.MySql && password is not null));
        var options = new ConnectionOptions
        {
            Url = _url,
            Database = _url.Names.Database(database),
            Parameters = session.Parameters.Where(p => !NotSent.Contains(p.Key) && !p.Key.StartsWith("_pq_.", StringComparison.Ordinal))
                .ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
            MySqlCapabilities = session.MySqlCapabilities,
            MySqlCollation = session.MySqlCollation,
            Timeout = _timeout,
        };
        return asCaptured ? options with { User = user, Password = password } : options;
    }

    /// <summary>The database to log in to: empty if the client had chosen none (in MySQL it may do so later, or never), null if the wire did not tell.</summary>
    internal static string? DatabaseOf(Session session) => session switch
    {
        { Database.Length: > 0 } => session.Database,
        { Engine: Engine.MySql, FromStart: true, User: not null } => "",
        _ => null,
    };

    private void Count(TargetConnection ended)
    {
        Interlocked.Add(ref _reencoded, ended.ReencodedRequests);
        Interlocked.Add(ref _typesTold, ended.TypesTold);
    }

    // The statement that takes the captured user on; null if none is needed or it did not work.
    private async ValueTask<string?> TakeOnAsync(TargetConnection connection, string? user, CancellationToken cancellation)
    {
        if (user is null)
        {
            Interlocked.Increment(ref _asTargetUser);
            _warn("sessions whose user the wire did not tell play as the URL's");
            return null;
        }

        if (user == _url.User)
        {
            return null;
        }

        if (_url.Engine == Engine.MySql)
        {
            Interlocked.Increment(ref _asTargetUser);
            _warn($"sessions of user '{user}' play as the URL's user: --password-file has no password for it");
            return null;
        }

        var statement = $"SET SESSION AUTHORIZATION {PostgresNames.Quote(user)}";
        var result = await TargetLink.QueryAsync(connection, statement, _timeout, cancellation);
        if (result.Succeeded)
        {
            return statement;
        }

        Interlocked.Increment(ref _asTargetUser);
        _warn($"sessions of user '{user}' play as the URL's user: {result.ErrorMessage}");
        return null;
    }

    private Task<OidMap> OidsAsync(string database)
    {
        var types = _snapshot?.Databases.FirstOrDefault(d => d.Name == database)?.Types;
        return types is null or { Count: 0 }
            ? Task.FromResult(OidMap.None)
            : _oids.GetOrAdd(database, d => new Lazy<Task<OidMap>>(() => ReadOidsAsync(d, types))).Value;
    }

    private async Task<OidMap> ReadOidsAsync(string database, IReadOnlyDictionary<uint, string> captured)
    {
        await using var connection = TargetConnection.Create(_url);
        await connection.OpenAsync(new ConnectionOptions { Url = _url, Database = _url.Names.Database(database), Timeout = _timeout });
        var result = (await connection.QueryAsync(PostgresNames.TypesQuery)).OrThrow("reading pg_type");
        return OidMap.Between(captured, result.Rows.ToDictionary(r => uint.Parse(r[0]!), r => r[1]!));
    }
}
