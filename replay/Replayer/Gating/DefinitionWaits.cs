using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Who stands in whose way at a table's definition, where a server of MySQL's kind shows who waits for one but not who has it: a transaction keeps the definitions of all tables that it has used
/// until it ends, and what it has used is known by what was sent.
/// </summary>
/// <remarks>
/// Not told: what stored procedures use, what LOCK TABLES keeps outside of a transaction, what was used before a savepoint was rolled back to, and that statements on a table stand behind DDL on
/// one that refers to it where they do not write what is referred to.
/// </remarks>
/// <param name="catalog">The server's, by the captured names: foreign keys, views and triggers lead to further tables.</param>
/// <param name="shapes">The workload's.</param>
/// <param name="open">What the replay's own connections have sent.</param>
public sealed class DefinitionWaits(OrderCatalog catalog, IReadOnlyList<Shape> shapes, Func<IEnumerable<OpenStatements>> open)
{
    private const int MaxTexts = 10_000;

    private readonly AccessReader _reader = new(SqlDialect.MySql);
    private readonly Dictionary<(int Shape, string Database), AccessPlan> _plans = [];
    private CatalogIndex? _index; // where nobody waits so, it is not needed

    /// <summary>Pairs of a connection that waits for a definition, and one that has it or wants it for itself.</summary>
    /// <param name="connections">All that the server has, with the captured name of the database and, if a definition is waited for, the statement that does.</param>
    public IReadOnlyList<(long Waiting, long Blocking)> Pairs(IReadOnlyList<(long Number, string Database, string? Waiting)> connections)
    {
        var waiting = connections.Where(static c => c.Waiting is not null)
            .ToDictionary(static c => c.Number, c => Tables.Of(Plan(c.Waiting!, c.Database)));
        if (waiting.Count == 0)
        {
            return [];
        }

        var databases = connections.ToDictionary(static c => c.Number, static c => c.Database);
        var holding = open().Where(o => databases.ContainsKey(o.Connection))
            .Select(o => (o.Connection, Kept: Kept(o, databases[o.Connection], isRunning: !waiting.ContainsKey(o.Connection)))).ToList(); // what waits has not got what it waits for
        foreach (var (connection, kept) in holding)
        {
            waiting.GetValueOrDefault(connection)?.Shared.ExceptWith(kept.Shared); // nor does it wait for what it has
        }

        var pairs = new List<(long Waiting, long Blocking)>(
            from behind in waiting
            from holder in holding
            where behind.Key != holder.Connection && behind.Value.MeetsKept(holder.Kept)
            select (behind.Key, holder.Connection));

        // Who wants it for itself comes before those that would share it.
        pairs.AddRange(
            from behind in waiting
            from before in waiting
            where behind.Value.Shared.Overlaps(before.Value.Own)
            select (behind.Key, before.Key));
        return pairs;
    }

    private Tables Kept(OpenStatements statements, string database, bool isRunning)
    {
        var kept = new Tables();
        foreach (var plan in statements.Run.Select(shape => PlanOf(shape, database)))
        {
            // What was kept until then is given up, or some of it.
            if (plan.Control is TransactionControl.Begin or TransactionControl.Commit or TransactionControl.Rollback or TransactionControl.RollbackToSavepoint)
            {
                kept = new Tables();
            }

            kept.Add(plan);
        }

        if (isRunning && statements.Running >= 0)
        {
            kept.Add(PlanOf(statements.Running, database));
        }

        return kept;
    }

    private AccessPlan PlanOf(int shape, string database)
    {
        if (!_plans.TryGetValue((shape, database), out var plan))
        {
            if (_plans.Count == MaxTexts)
            {
                _plans.Clear();
            }

            _plans[(shape, database)] = plan = Plan(shapes[shape].Text, database);
        }

        return plan;
    }

    private AccessPlan Plan(string text, string database)
    {
        _index ??= new CatalogIndex(catalog with { FoldsTableNames = true }); // shapes are in lower case
        return new AccessPlanner(_index).Plan(_reader.Read(Encoding.UTF8.GetBytes(text), catalog.LexerOptions), _index.Path(database));
    }

    // Those that are used as all do, whose definitions are shared, and those that are wanted as a whole.
    private sealed class Tables
    {
        public HashSet<int> Shared { get; } = [];

        public HashSet<int> Own { get; } = [];

        public static Tables Of(AccessPlan plan)
        {
            var tables = new Tables();
            tables.Add(plan);
            return tables;
        }

        // What is not understood names no table, and is not taken to meet any.
        public void Add(AccessPlan plan)
        {
            foreach (var (table, kind) in plan.Fixed.Select(static a => (a.Table, a.Kind)).Concat(plan.Keyed.Select(static a => (a.Table, a.Kind))).Where(static a => a.Table > CatalogIndex.AdvisoryLocks))
            {
                (kind == OrderAccessKind.Definition ? Own : Shared).Add(table);
            }
        }

        public bool MeetsKept(Tables kept) => Own.Overlaps(kept.Shared) || Own.Overlaps(kept.Own) || Shared.Overlaps(kept.Own);
    }
}
