using System.Runtime.CompilerServices;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Says which tables and keys an exchange touches: text, parameters and catalogue together. Call it in the order in which exchanges start: a statement that changes
/// keys holds for those after it. Not safe for use by several threads at once.
/// </summary>
public sealed class AccessResolver
{
    /// <summary>The most keys of one exchange; one with more touches its tables as a whole.</summary>
    public const int MaxKeys = 4096;

    /// <summary>The most plans that are kept; then it begins anew.</summary>
    public const int MaxPlans = 65_536;

    private readonly CatalogIndex _catalog;
    private readonly AccessPlanner _planner;
    private readonly Dictionary<(TextAccess Text, SearchPath? Path), AccessPlan> _plans = new(new ByReference());
    private readonly List<OrderAccess> _keys = [];
    private TextSpan[] _literals = new TextSpan[64];
    private bool _hasNoKeys;
    private bool _readsMayLock; // somebody may be at SERIALIZABLE

    /// <summary>A resolver for one database (MySQL: one server).</summary>
    public AccessResolver(OrderCatalog catalog)
    {
        _catalog = new CatalogIndex(catalog);
        _planner = new AccessPlanner(_catalog);
        _readsMayLock = catalog.DefaultIsolation == IsolationLevel.Serializable;
    }

    /// <summary>Its tables, as they are numbered in what is resolved.</summary>
    internal CatalogIndex Catalog => _catalog;

    /// <summary>Numbers of tables and their names.</summary>
    public IEnumerable<(int Number, string Name)> TableNames => _catalog.Names;

    /// <summary>
    /// Adds what one exchange touches to <paramref name="unit"/>; a batch is several calls. <see cref="OrderUnit.TransactionState"/> must be set.
    /// </summary>
    /// <param name="text">What its text touches; keep one object for all texts of a template.</param>
    /// <param name="sql">The text itself, in which literals are found.</param>
    /// <param name="options">How it is cut into tokens.</param>
    /// <param name="request">The bytes in which parameters lie.</param>
    /// <param name="parameters">Its parameters; fewer than the text has: the others are unknown.</param>
    /// <param name="database">MySQL: the session's database. PostgreSQL: names without a schema are looked for as the catalogue's login does.</param>
    /// <param name="unit">Gets it.</param>
    public void Resolve(
        TextAccess text, ReadOnlySpan<byte> sql, LexerOptions options, ReadOnlySpan<byte> request, ReadOnlySpan<ParameterValue> parameters, string database, OrderUnit unit) =>
        Resolve(text, sql, options, request, parameters, _catalog.Path(database), unit);

    /// <summary>As the other, where names without a schema are looked for in <paramref name="path"/>; null: nobody knows where.</summary>
    internal void Resolve(
        TextAccess text, ReadOnlySpan<byte> sql, LexerOptions options, ReadOnlySpan<byte> request, ReadOnlySpan<ParameterValue> parameters, SearchPath? path, OrderUnit unit)
    {
        var plan = Plan(text, path);
        unit.Control = plan.Control == TransactionControl.None ? unit.Control : plan.Control;
        unit.Isolation = plan.Isolation == IsolationLevel.Unspecified ? unit.Isolation : plan.Isolation;
        unit.IsolationForSession |= plan.IsolationForSession;
        unit.ConsistentSnapshot |= plan.ConsistentSnapshot;
        if (unit.Unreproducible == UnreproducibleReason.None)
        {
            var several = _catalog.Dialect == SqlDialect.MySql && plan.Writes > 1 && unit.TransactionState == TransactionState.Idle && plan.Control == TransactionControl.None;
            unit.Unreproducible = several ? UnreproducibleReason.SeveralTransactions : plan.Unreproducible;
        }

        var locking = _readsMayLock ? plan.LockingReads : null;
        var values = plan.Keyed.Count > 0 || locking?.Keyed.Count > 0
            ? new StatementValues(sql, request, parameters, _catalog.Dialect, options, Literals(plan, sql, options))
            : default;
        Add(plan, in values, unit.Accesses);
        if (locking is not null)
        {
            Add(locking, in values, unit.LockingReads);
        }

        Forget(plan);
    }

    private void Add(AccessPlan plan, in StatementValues values, List<OrderAccess> accesses)
    {
        accesses.AddRange(plan.Fixed);
        foreach (var access in plan.Keyed)
        {
            Keys(access, in values, accesses);
        }
    }

    private AccessPlan Plan(TextAccess text, SearchPath? path)
    {
        if (_plans.TryGetValue((text, path), out var plan))
        {
            return plan;
        }

        if (_plans.Count == MaxPlans)
        {
            _plans.Clear();
        }

        plan = _planner.Plan(text, path);
        _readsMayLock |= plan.Isolation == IsolationLevel.Serializable;
        _plans.Add((text, path), plan);
        return plan;
    }

    private ReadOnlySpan<TextSpan> Literals(AccessPlan plan, ReadOnlySpan<byte> sql, LexerOptions options)
    {
        if (plan.Literals == 0)
        {
            return default;
        }

        if (_literals.Length < plan.Literals)
        {
            _literals = new TextSpan[plan.Literals * 2];
        }

        return _literals.AsSpan(0, LiteralReader.Read(sql, _catalog.Dialect, options, _literals.AsSpan(0, plan.Literals)));
    }

    private void Keys(PlannedAccess access, in StatementValues values, List<OrderAccess> accesses)
    {
        _keys.Clear();
        if (accesses.Count < MaxKeys && Combine(access, in values, 0, access.Seed))
        {
            accesses.AddRange(_keys);
        }
        else if (new OrderAccess(access.Table, access.Otherwise, 0, access.Sets, access.Looks) is var any && !accesses.Contains(any))
        {
            accesses.Add(any);
        }
    }

    // All combinations of the columns' values; false if one cannot be told or there are too many. Recursion as deep as a key has columns.
    private bool Combine(PlannedAccess access, in StatementValues values, int column, ulong hash)
    {
        if (column == access.Columns.Length)
        {
            _keys.Add(new OrderAccess(access.Table, access.Kind, hash | 1, access.Sets, access.Looks));
            return _keys.Count <= MaxKeys;
        }

        var planned = access.Columns[column];
        foreach (var value in planned.Values)
        {
            if (!values.TryHash(planned.Type, value, out var valueHash, out var isNull))
            {
                return false;
            }

            // NULL equals nothing: no row is meant.
            if (!isNull && !Combine(access, in values, column + 1, KeyForm.Mix(hash, valueHash)))
            {
                return false;
            }
        }

        return true;
    }

    private void Forget(AccessPlan plan)
    {
        if (plan.ChangesAllKeys && !_hasNoKeys)
        {
            _hasNoKeys = true;
            _catalog.ForgetKeys();
            _plans.Clear();
        }

        foreach (var rule in plan.Temporary)
        {
            if (!rule.IsTemporary)
            {
                rule.IsTemporary = true;
                _plans.Clear();
            }
        }

        foreach (var rule in plan.ChangesKeysOf)
        {
            if (rule.HasKeys)
            {
                rule.HasKeys = false;
                _plans.Clear();
            }
        }
    }

    private sealed class ByReference : IEqualityComparer<(TextAccess Text, SearchPath? Path)>
    {
        public bool Equals((TextAccess Text, SearchPath? Path) x, (TextAccess Text, SearchPath? Path) y) => ReferenceEquals(x.Text, y.Text) && ReferenceEquals(x.Path, y.Path);

        public int GetHashCode((TextAccess Text, SearchPath? Path) obj) => HashCode.Combine(RuntimeHelpers.GetHashCode(obj.Text), obj.Path is null ? 0 : RuntimeHelpers.GetHashCode(obj.Path));
    }
}
