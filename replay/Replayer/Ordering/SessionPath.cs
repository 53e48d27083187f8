using System.Text;
using Replay.Protocol;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Where one PostgreSQL session's names without a schema are looked for, told by its login and its exchanges. What a transaction sets is taken back if it is rolled back.
/// A session that was not seen from its start is taken to have what its role begins with, or the catalogue's login, if its role is not known either: it is played so.
/// </summary>
internal sealed class SessionPath
{
    private readonly SearchPaths _paths;
    private readonly string? _startPath;
    private readonly string? _startUser;
    private readonly List<(State Session, State Now)> _savepoints = [];
    private State _session; // what holds if the transaction is committed
    private State _before; // what it was when the transaction began
    private State _now;
    private bool _inTransaction;
    private bool _hasFailed;
    private State _resolved;

    public SessionPath(SearchPaths paths, Session? login)
    {
        _paths = paths;
        _startUser = login?.User;
        _startPath = login is null ? null : Asked(login.Parameters) ?? (login.User is null ? null : paths.OfRole(login.User));
        _session = _before = _now = new State(_startPath, _startUser, IsKnown: true);
        _resolved = _now;
        Current = Resolve(_now);
    }

    /// <summary>What holds for the next text; null if that is not known.</summary>
    public SearchPath? Current { get; private set; }

    /// <summary>What holds for the names of an exchange's text; null if that is not known.</summary>
    public SearchPath? Of(in Exchange exchange, TextAccess access, bool isSet) => access.Statements.Count > 1 && (isSet || MayChange(access, exchange.Text)) ? null : Current;

    /// <summary>Takes note of what an exchange changes. In order; whether <see cref="Current"/> is another than before.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="access">What its text touches; null if nothing of it was executed.</param>
    /// <param name="isSet">Whether a function that it calls may set the path.</param>
    public bool Follow(in Exchange exchange, TextAccess? access, bool isSet)
    {
        if (!_inTransaction)
        {
            (_inTransaction, _hasFailed, _before) = (true, false, _session);
        }

        _hasFailed |= exchange.Failed;
        if (access is not null)
        {
            Run(in exchange, access, isSet);
        }

        if (exchange.TransactionState == TransactionState.Open)
        {
            _hasFailed = false;
        }
        else if (exchange.TransactionState == TransactionState.Idle && (exchange.Batch < 0 || (exchange.Flags & ExchangeFlags.EndsBatch) != 0))
        {
            End(isCommitted: !_hasFailed);
            _inTransaction = false;
        }

        if (_now == _resolved)
        {
            return false;
        }

        var before = Current;
        _resolved = _now;
        Current = Resolve(_now);
        return !ReferenceEquals(before, Current);
    }

    private static bool MayChange(TextAccess access, ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < access.Statements.Count; i++) // of each exchange: an enumerator would be allocated
        {
            var statement = access.Statements[i];
            if (statement.Verb is AccessVerb.Session or AccessVerb.Call or AccessVerb.Unknown || statement.Functions.Contains("set_config"))
            {
                return SearchPathChange.IsNamedIn(text);
            }
        }

        return false;
    }

    private void Run(in Exchange exchange, TextAccess access, bool isSet)
    {
        var mayChange = MayChange(access, exchange.Text);
        if (exchange.Failed)
        {
            // What of it was committed before stays, and nobody knows how far it came.
            _before = access.HoldsSeveralTransactions && (mayChange || isSet) ? _before with { IsKnown = false } : _before;
            return;
        }

        var changes = mayChange ? Read(in exchange) : [];
        if (mayChange && changes.Count != access.Statements.Count)
        {
            _session = _now = _now with { IsKnown = false };
            return;
        }

        for (var i = 0; i < access.Statements.Count; i++)
        {
            Control(access.Statements[i].Control);
            for (var c = 0; mayChange && c < changes[i].Count; c++)
            {
                Apply(changes[i][c]);
            }
        }

        if (isSet)
        {
            Apply(new SearchPathChange(SearchPathEffect.Unknown));
        }
    }

    private static IReadOnlyList<IReadOnlyList<SearchPathChange>> Read(in Exchange exchange)
    {
        var parameters = exchange.Command == Command.Execute ? PreparedParameters.Of(Engine.PostgreSql, in exchange) : null;
        return SearchPathChange.Read(exchange.Text, n => parameters is not null && n < parameters.Count ? parameters[n] : null);
    }

    private void Control(TransactionControl control)
    {
        switch (control)
        {
            case TransactionControl.Commit:
                End(isCommitted: !_hasFailed);
                break;
            case TransactionControl.Rollback:
                End(isCommitted: false);
                break;
            case TransactionControl.Savepoint when _savepoints.Count == 0 || _savepoints[^1] != (_session, _now):
                _savepoints.Add((_session, _now));
                break;
            case TransactionControl.RollbackToSavepoint:
                // To which of them does not matter where nothing was set since the first.
                var isSame = _savepoints.TrueForAll(s => s == (_session, _now));
                _session = isSame ? _session : _session with { IsKnown = false };
                _now = isSame ? _now : _now with { IsKnown = false };
                break;
        }
    }

    private void Apply(SearchPathChange change)
    {
        var set = change.Effect switch
        {
            SearchPathEffect.Path => _now with { Path = change.Value ?? _startPath, IsKnown = true },
            SearchPathEffect.User => _now with { User = change.Value ?? _startUser },
            SearchPathEffect.Everything => new State(_startPath, _startUser, IsKnown: true),
            SearchPathEffect.Unknown => _now with { IsKnown = false },
            _ => _now,
        };
        _now = set;
        if (!change.IsLocal && change.Effect != SearchPathEffect.None)
        {
            _session = change.Effect switch
            {
                SearchPathEffect.Path => _session with { Path = set.Path, IsKnown = true },
                SearchPathEffect.User => _session with { User = set.User },
                _ => set,
            };
        }
    }

    private void End(bool isCommitted)
    {
        _session = _before = _now = isCommitted ? _session : _before;
        _savepoints.Clear();
        _hasFailed = false;
    }

    private SearchPath? Resolve(State state) => !state.IsKnown ? null : state.Path is null ? _paths.Default : _paths.Of(state.Path, state.User);

    // By name, or as an option of the server's command line, of which names come first.
    private static string? Asked(IReadOnlyDictionary<string, string> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            if (name.Equals("search_path", StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        string? asked = null;
        foreach (var option in Options(parameters.GetValueOrDefault("options", "")))
        {
            var text = option.StartsWith("--", StringComparison.Ordinal) ? option[2..] : option.StartsWith("-c", StringComparison.Ordinal) ? option[2..] : option;
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            asked = equals > 0 && text[..equals].Replace('-', '_').Equals("search_path", StringComparison.OrdinalIgnoreCase) ? text[(equals + 1)..] : asked;
        }

        return asked;
    }

    // Cut at spaces that no backslash stands before.
    private static List<string> Options(string text)
    {
        var options = new List<string>();
        var option = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || char.IsWhiteSpace(text[i]))
            {
                options.Add(option.ToString());
                option.Clear();
            }
            else
            {
                i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
                option.Append(text[i]);
            }
        }

        return options;
    }

    // Path is null where that of the catalogue's login holds.
    private readonly record struct State(string? Path, string? User, bool IsKnown);
}
