namespace Replay.Replayer.Tests.Ordering;

internal enum SimKind
{
    Update,
    Lock,
    Insert,
    Delete,
    UpdateWhere, // all rows whose value meets a condition
    UpdateGroup, // all rows of a group: what an update changes does not change who is in it
    UpdateByOtherKey,
    Read,
    InsertSum, // a row whose value is made of all rows of another table
    Call, // the same by a procedure, of which nobody knows what it touches; rows that others of these have made do not count
    Commit,
    Rollback,
}

/// <summary>A statement of the model; what it did and when is written here as it runs.</summary>
internal sealed class SimStatement
{
    public required int Session { get; init; }

    public required int Ordinal { get; init; }

    public required SimKind Kind { get; set; }

    public int Table { get; init; }

    public int Key { get; init; }

    /// <summary>Whether it is a transaction by itself.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Whether its transaction keeps the view that its first statement takes (REPEATABLE READ).</summary>
    public bool KeepsView { get; init; }

    /// <summary>Whether its transaction was refused in the capture, by it or before it: replays leave it out.</summary>
    public bool IsLeftOut { get; set; }

    /// <summary>Whether it is the one that was.</summary>
    public bool IsVictim { get; set; }

    /// <summary>Whether it is refused: the row has changed since the transaction's view.</summary>
    public bool Refused { get; set; }

    /// <summary>Rows that it found.</summary>
    public int Found { get; set; }

    /// <summary>Rows that it locked or changed, in the capture and in replays.</summary>
    public HashSet<(int Table, int Key)> Touched { get; } = [];

    public bool Failed { get; set; }

    public int Changed { get; set; }

    public long RequestedAt { get; set; }

    public long EndedAt { get; set; }

    public Queue<(int Table, int Key)> Todo { get; } = [];

    /// <summary>The sum that an insert read at its start.</summary>
    public ulong Sum { get; set; }

    /// <summary>Which row by a key it saw at its start: one that was inserted again since is another.</summary>
    public Dictionary<(int Table, int Key), ulong> Births { get; } = [];

    public ulong Id => ((ulong)Session << 32) + (uint)Ordinal + 1;
}

/// <summary>
/// A model of PostgreSQL: rows are locked until the transaction ends, waiters come first come first served; a statement sees what was
/// committed when it was sent, and a row that it has waited for as it is then; a transaction that keeps its view may not touch what has changed since. Values are hashes of all that was done to them, so that order shows.
/// </summary>
internal sealed class LockingServer
{
    /// <summary>Keys from here on are of rows that calls have made.</summary>
    public const int FirstCalled = 1_000_000;

    private readonly SortedDictionary<(int Table, int Key), Row> _rows = [];
    private readonly Dictionary<int, List<(int Table, int Key)>> _held = [];
    private readonly Dictionary<int, long> _views = []; // of open transactions, by session: how many commits they see
    private readonly HashSet<int> _aborted = []; // sessions whose transaction was refused
    private long _commits;

    public LockingServer(int tables, int keys)
    {
        for (var t = 0; t < tables; t++)
        {
            for (var k = 0; k < keys; k++)
            {
                _rows[(t, k)] = new Row { Committed = Mix((ulong)t, (ulong)k), Current = Mix((ulong)t, (ulong)k) };
            }
        }
    }

    public Dictionary<(int Table, int Key), ulong> State => _rows.Where(r => r.Value.Committed != null).ToDictionary(r => r.Key, r => r.Value.Committed!.Value);

    /// <summary>The statement arrives: it sees what is committed now.</summary>
    public void Begin(SimStatement s)
    {
        s.Failed = s.Refused = false;
        s.Changed = s.Found = 0;
        s.Todo.Clear();
        s.Births.Clear();
        if (s.IsLeftOut && _aborted.Add(s.Session))
        {
            Release(s.Session, undo: true); // the player has the target's transaction fail where production's did
        }

        if (_aborted.Contains(s.Session))
        {
            return;
        }

        if (s.KeepsView)
        {
            _views.TryAdd(s.Session, _commits);
        }

        switch (s.Kind)
        {
            case SimKind.UpdateWhere or SimKind.UpdateGroup:
                foreach (var (id, row) in _rows.Where(r => r.Key.Table == s.Table && Visible(r.Value, s.Session) is { } value && (s.Kind == SimKind.UpdateWhere ? Matches(value, s.Key) : IsInGroup(r.Key.Key, s.Key))))
                {
                    s.Todo.Enqueue(id);
                    s.Births[id] = row.Owner == s.Session ? row.Birth : row.CommittedBirth;
                }

                break;
            case SimKind.InsertSum or SimKind.Call:
                s.Sum = _rows.Where(r => r.Key.Table == (s.Table + 1) % 3 && (s.Kind == SimKind.InsertSum || r.Key.Key < FirstCalled)).Aggregate(0UL, (sum, r) => sum + (Visible(r.Value, s.Session) ?? 0));
                s.Todo.Enqueue((s.Table, s.Key));
                break;
            case SimKind.Commit or SimKind.Rollback or SimKind.Read:
                break;
            case SimKind.Insert:
                s.Todo.Enqueue((s.Table, s.Key));
                break;
            default:
                if (_rows.TryGetValue((s.Table, s.Key), out var found) && Visible(found, s.Session) != null)
                {
                    s.Todo.Enqueue((s.Table, s.Key));
                    s.Births[(s.Table, s.Key)] = found.Owner == s.Session ? found.Birth : found.CommittedBirth;
                }

                break;
        }
    }

    /// <summary>Does one row. False: it waits for a lock. True: there may be more, see <see cref="SimStatement.Todo"/>.</summary>
    public bool Step(SimStatement s)
    {
        if (!s.Todo.TryPeek(out var id))
        {
            return true;
        }

        if (!_rows.TryGetValue(id, out var row))
        {
            _rows[id] = row = new Row();
        }

        if (row.Owner != s.Session)
        {
            if (!row.Waiting.Contains(s.Session))
            {
                row.Waiting.Add(s.Session);
            }

            if (row.Owner != 0 || row.Waiting[0] != s.Session)
            {
                return false;
            }

            row.Waiting.Remove(s.Session);
            row.Owner = s.Session;
            (_held.TryGetValue(s.Session, out var held) ? held : _held[s.Session] = []).Add(id);
        }

        if (_views.TryGetValue(s.Session, out var view) && row.ChangedBy > view)
        {
            s.Failed = s.Refused = true;
            s.Todo.Clear();
            _aborted.Add(s.Session);
            Release(s.Session, undo: true);
            return true;
        }

        s.Todo.Dequeue();
        s.Touched.Add(id);
        s.Found += row.Current == null ? 0 : 1;
        if (!s.Births.TryGetValue(id, out var birth) || birth == row.Birth)
        {
            Change(s, row);
        }

        return true;
    }

    /// <summary>The statement has answered; a transaction that ends lets its rows go. A failed statement ends its transaction.</summary>
    public void Finish(SimStatement s)
    {
        if (s.Kind is SimKind.Commit or SimKind.Rollback || s.IsAlone)
        {
            Release(s.Session, undo: s.Kind == SimKind.Rollback);
            _views.Remove(s.Session);
            _aborted.Remove(s.Session);
        }
    }

    private void Release(int session, bool undo)
    {
        _commits++;
        foreach (var id in _held.GetValueOrDefault(session) ?? [])
        {
            var row = _rows[id];
            row.Owner = 0;
            row.ChangedBy = undo || row.Committed == row.Current ? row.ChangedBy : _commits;
            row.Committed = row.Current = undo ? row.Committed : row.Current;
            row.CommittedBirth = row.Birth = undo ? row.CommittedBirth : row.Birth;
        }

        _held.Remove(session);
    }

    private static void Change(SimStatement s, Row row)
    {
        switch (s.Kind)
        {
            case SimKind.Insert or SimKind.InsertSum or SimKind.Call when row.Current != null:
                s.Failed = true;
                return;
            case SimKind.Insert:
                row.Current = Mix(s.Id, 7);
                row.Birth = s.Id;
                break;
            case SimKind.InsertSum or SimKind.Call:
                row.Current = Mix(s.Id, s.Sum);
                row.Birth = s.Id;
                break;
            case SimKind.UpdateWhere when !Matches(row.Current, s.Key):
            case SimKind.Update or SimKind.UpdateByOtherKey or SimKind.UpdateGroup or SimKind.Delete or SimKind.Lock when row.Current == null:
            case SimKind.Lock:
                return;
            case SimKind.Delete:
                row.Current = null;
                break;
            default:
                row.Current = Mix(row.Current!.Value, s.Id);
                break;
        }

        s.Changed++;
    }

    private static ulong? Visible(Row row, int session) => row.Owner == session ? row.Current : row.Committed;

    private static bool IsInGroup(int key, int group) => (key & 31) == (group & 31);

    private static bool Matches(ulong? value, int condition) => value is { } v && (int)(v >> 20 & 7) == (condition & 7);

    private static ulong Mix(ulong x, ulong y)
    {
        x ^= (y + 1) * 0x9E3779B97F4A7C15;
        x ^= x >> 29;
        x *= 0xBF58476D1CE4E5B9;
        return x ^ (x >> 32);
    }

    private sealed class Row
    {
        public ulong? Committed;
        public ulong? Current;
        public ulong Birth;
        public ulong CommittedBirth;
        public long ChangedBy; // the number of the commit that did last
        public int Owner;
        public List<int> Waiting { get; } = [];
    }
}
