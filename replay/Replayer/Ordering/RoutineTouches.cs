namespace Replay.Replayer;

/// <summary>
/// Which tables the body of a trigger, function or view may touch in the end: its own, those of the functions that it calls, of the triggers that its writes fire, of the
/// foreign keys that they follow.
/// </summary>
/// <param name="comparer">How names of tables compare.</param>
/// <param name="searchPath">PostgreSQL: where names without a schema are looked for; null: in the routine's own.</param>
/// <param name="inAnySchema">PostgreSQL: a name without a schema is one in any: for sessions that look elsewhere.</param>
internal sealed class RoutineTouches(StringComparer comparer, IReadOnlyList<string>? searchPath = null, bool inAnySchema = false)
{
    private readonly Dictionary<string, CatalogTable> _tables = new(comparer);
    private readonly Dictionary<string, List<CatalogTable>> _cascades = new(comparer);
    private readonly Dictionary<string, List<(string Schema, RoutineText? Text)>> _triggers = new(comparer);
    private readonly Dictionary<string, List<(string Schema, RoutineText? Text)>> _functions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Schema, RoutineText? Text)> _views = new(comparer);
    private readonly Dictionary<string, List<string>> _byName = new(comparer);

    public void Add(CatalogTable table)
    {
        _tables[$"{table.Schema}.{table.Name}"] = table;
        List(table.Name, _byName).Add($"{table.Schema}.{table.Name}");
        foreach (var key in table.ForeignKeys.Where(k => k.Action == ReferenceAction.Cascade))
        {
            List($"{key.Schema}.{key.Table}", _cascades).Add(table);
        }
    }

    public void AddTrigger(string table, string schema, RoutineText? text) => List(table, _triggers).Add((schema, text));

    public void AddFunction(string schema, string name, RoutineText? text) => List(name, _functions).Add((schema, text));

    public void AddView(string schema, string name, RoutineText? text)
    {
        _views[$"{schema}.{name}"] = (schema, text);
        List(name, _byName).Add($"{schema}.{name}");
    }

    /// <summary>The tables, as <c>schema.name</c>, and whether any of them is written or locked; null if that is not known.</summary>
    public (IReadOnlyList<string> Tables, bool Writes)? Of(string schema, RoutineText? text)
    {
        var reached = new Reached(comparer);
        return Text(reached, schema, text) ? ([.. reached.Touched.Order(StringComparer.Ordinal)], reached.Written.Count > 0) : null;
    }

    /// <summary>The tables that a trigger may touch, its own too if it sets a column of a key: which row is written is then not what the statement says. Null: not known.</summary>
    public IReadOnlyList<string>? OfTrigger(CatalogTable table, string schema, RoutineText? text) =>
        Of(schema, text) is not { } known ? null
            : table.Keys.Any(k => k.Any(text!.Assigned.Contains)) ? [.. known.Tables.Append($"{table.Schema}.{table.Name}").Distinct(comparer)]
            : known.Tables;

    private IEnumerable<string> Names(string? schema, string name, string ownSchema) => schema != null ? [$"{schema}.{name}"]
        : inAnySchema && _byName.TryGetValue(name, out var all) ? all
        : [searchPath?.Select(s => $"{s}.{name}").FirstOrDefault(n => _tables.ContainsKey(n) || _views.ContainsKey(n)) ?? $"{ownSchema}.{name}"];

    // False: not known.
    private bool Text(Reached reached, string schema, RoutineText? text)
    {
        if (text == null)
        {
            return false;
        }

        return !reached.Texts.Add(text)
            || (text.Functions.All(f => !_functions.TryGetValue(f, out var overloads) || overloads.TrueForAll(o => Text(reached, o.Schema, o.Text)))
                && text.Tables.TrueForAll(t => Names(t.Schema, t.Name, schema).All(n => Table(reached, n, t.Writes))));
    }

    private bool Table(Reached reached, string name, bool writes)
    {
        if (_views.TryGetValue(name, out var view))
        {
            // Written through the view: any of its tables may be, or what its triggers write.
            return Text(reached, view.Schema, view.Text)
                && (!writes || (view.Text!.Tables.TrueForAll(t => Names(t.Schema, t.Name, view.Schema).All(n => Table(reached, n, writes: true))) && _triggers.GetValueOrDefault(name, []).TrueForAll(t => Text(reached, t.Schema, t.Text))));
        }

        if (!_tables.TryGetValue(name, out var table))
        {
            return false;
        }

        reached.Touched.Add($"{table.Schema}.{table.Name}");
        if (!writes || !reached.Written.Add(name))
        {
            return true;
        }

        reached.Touched.UnionWith(table.ForeignKeys.Select(k => $"{k.Schema}.{k.Table}"));
        return _cascades.GetValueOrDefault(name, []).TrueForAll(child => Table(reached, $"{child.Schema}.{child.Name}", writes: true))
            && _triggers.GetValueOrDefault(name, []).TrueForAll(t => Text(reached, t.Schema, t.Text));
    }

    private static List<T> List<T>(string name, Dictionary<string, List<T>> lists)
    {
        if (!lists.TryGetValue(name, out var list))
        {
            lists.Add(name, list = []);
        }

        return list;
    }

    private sealed class Reached(StringComparer comparer)
    {
        public HashSet<string> Touched { get; } = new(comparer);

        public HashSet<string> Written { get; } = new(comparer);

        public HashSet<RoutineText> Texts { get; } = [];
    }
}
