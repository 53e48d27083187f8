using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What one session has on its connection, as a pass over the workload goes on.</summary>
internal sealed class SessionKeeps
{
    /// <summary>The most exchanges behind a write or a Parse that are known, for what reads it later: 1,000.</summary>
    public const int MaxBehind = 1_000;

    private readonly List<(string Name, bool IsProvisional)> _tables = [];
    private readonly HashSet<string> _cursors = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<long> _statementCursors = [];
    private readonly HashSet<string> _channels = new(StringComparer.OrdinalIgnoreCase);
    private KeepReason _sets;
    private int _locks;
    private bool _option;
    private bool _authorized;
    private bool _next;
    private bool _xa;
    private bool _drew;

    /// <summary>Whether its transaction is open.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>A bit for each reason that it has had.</summary>
    public int Reasons { get; set; }

    /// <summary>Whether it was counted among those that could not have given their connection away.</summary>
    public bool Holds { get; set; }

    /// <summary>MySQL: positions since LAST_INSERT_ID() got its value, or may have, that one first.</summary>
    public List<long> SinceWrite { get; } = [];

    /// <summary>PostgreSQL: positions since the unnamed statement was prepared, that one first; empty if it is not.</summary>
    public List<long> SinceParse { get; } = [];

    /// <summary>The last position; -1 at first.</summary>
    public long Last { get; set; } = -1;

    /// <summary>Why it has to keep its connection now, but for its transaction.</summary>
    public KeepReason Reason => _locks > 0 ? KeepReason.SessionLock
        : _tables.Count > 0 ? KeepReason.TemporaryTable
        : _cursors.Count > 0 || _statementCursors.Count > 0 ? KeepReason.Cursor
        : _channels.Count > 0 ? KeepReason.Listen
        : _authorized ? KeepReason.Authorization
        : _sets != KeepReason.None ? _sets
        : _option ? KeepReason.ProtocolOption
        : _xa ? KeepReason.Xa
        : _next ? KeepReason.NextTransaction
        : _drew ? KeepReason.OwnWrites
        : KeepReason.None;

    /// <summary>An exchange of the session, as production answered it.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="shape">That of what it executes; null if it executes nothing that is known.</param>
    /// <param name="mayDraw">Whether it may draw from a sequence whose value its session asks for.</param>
    public void Add(in Exchange exchange, ShapeKeeps? shape, bool mayDraw)
    {
        _drew |= mayDraw;
        if (!exchange.Failed)
        {
            AddCommand(in exchange);
            if (shape is not null)
            {
                AddShape(shape);
            }
        }

        var was = InTransaction;
        InTransaction = exchange.TransactionState switch
        {
            TransactionState.Open or TransactionState.Failed => true,
            TransactionState.Idle => false,
            _ => InTransaction,
        };
        if (shape is { IsOfNext: true } && !exchange.Failed)
        {
            _next = !InTransaction;
        }
        else if (!InTransaction && (was || shape is { IsSetting: false }))
        {
            _next = false;
        }

        if (!InTransaction && _tables.Count > 0)
        {
            EndTransaction(keep: shape is not { RollsBack: true });
        }
    }

    private void AddCommand(in Exchange exchange)
    {
        switch (exchange.Command)
        {
            case Command.MySqlSetOption:
                _option = true;
                break;
            case Command.MySqlResetConnection or Command.MySqlChangeUser:
                Clear();
                break;
            case Command.MySqlStatementClose or Command.MySqlStatementReset:
                _statementCursors.Remove(exchange.StatementHandle);
                break;
            case Command.MySqlStatementExecute:
                // Header, command, statement, and then the flags, of which the lowest three ask for a cursor.
                _ = exchange.Request is [_, _, _, _, _, _, _, _, _, var flags, ..] && (flags & 7) != 0
                    ? _statementCursors.Add(exchange.StatementHandle)
                    : _statementCursors.Remove(exchange.StatementHandle);
                break;
        }
    }

    private void AddShape(ShapeKeeps shape)
    {
        if (shape.Discards)
        {
            Clear();
            return;
        }

        _locks = SessionLocks.Count(_locks, shape.Locks);
        if (shape.DropsTemporary)
        {
            _tables.Clear();
        }

        foreach (var dropped in shape.Dropped)
        {
            _tables.RemoveAll(t => t.Name.Equals(dropped, StringComparison.OrdinalIgnoreCase));
        }

        if (shape.Table is { } table)
        {
            _tables.Add((table, IsProvisional: true));
        }

        Close(_cursors, shape.Closes, "all");
        Close(_channels, shape.Unlistens, "*");
        Open(_cursors, shape.Opens);
        Open(_channels, shape.Listens);
        _authorized = shape.Sets == KeepReason.Authorization || (_authorized && !shape.EndsAuthorization);
        _sets = shape.Sets is KeepReason.None or KeepReason.Authorization || _sets != KeepReason.None ? _sets : shape.Sets;
        _xa = shape.BeginsXa || (_xa && !shape.EndsXa);
    }

    private static void Open(HashSet<string> set, string? name)
    {
        if (name is not null)
        {
            set.Add(name);
        }
    }

    private static void Close(HashSet<string> set, string? name, string all)
    {
        if (name is null)
        {
            return;
        }

        if (name.Equals(all, StringComparison.OrdinalIgnoreCase))
        {
            set.Clear();
        }
        else
        {
            set.Remove(name);
        }
    }

    // What a rolled-back transaction had made is gone.
    private void EndTransaction(bool keep)
    {
        for (var i = _tables.Count - 1; i >= 0; i--)
        {
            if (_tables[i].IsProvisional && !keep)
            {
                _tables.RemoveAt(i);
            }
            else
            {
                _tables[i] = (_tables[i].Name, IsProvisional: false);
            }
        }
    }

    private void Clear()
    {
        _tables.Clear();
        _cursors.Clear();
        _statementCursors.Clear();
        _channels.Clear();
        _sets = KeepReason.None;
        _locks = 0;
        _authorized = _next = _xa = _drew = false;
    }
}
