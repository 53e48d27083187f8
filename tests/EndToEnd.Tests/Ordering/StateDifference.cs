namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>A row that is not as on the captured server.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Words">What it was and what it became.</param>
/// <param name="Unique">The columns of the table's unique keys as a JSON object.</param>
internal sealed record DifferentRow(string Table, string Words, string Unique)
{
    /// <summary>As <c>dbreplay show --rows</c> takes it.</summary>
    public string Asked => $$"""{"table": "{{Table}}", "key": {{Unique}}}""";
}

/// <summary>How the tables of a replay differ from the captured server's.</summary>
internal sealed class StateDifference
{
    private readonly List<DifferentRow> _rows = [];

    public StateDifference(IReadOnlyDictionary<(string Table, string Key), TrafficRow> captured, IReadOnlyDictionary<(string Table, string Key), TrafficRow> replayed)
    {
        foreach (var key in captured.Keys.Union(replayed.Keys).Order())
        {
            var (before, after) = (captured.GetValueOrDefault(key), replayed.GetValueOrDefault(key));
            Compared++;
            if (before?.Values != after?.Values)
            {
                _rows.Add(new DifferentRow(key.Table, $"{key.Table} {key.Key}: {before?.Values ?? "absent"} became {after?.Values ?? "absent"}", (before ?? after)!.Unique));
                ByTable[key.Table] = ByTable.GetValueOrDefault(key.Table) + 1;
            }
            else if (before?.Clock != after?.Clock)
            {
                Clocks++;
            }
        }
    }

    /// <summary>How many rows either has.</summary>
    public int Compared { get; }

    /// <summary>Those that differ, or that one has not; without columns that a clock fills.</summary>
    public IReadOnlyList<DifferentRow> Rows => _rows;

    /// <summary>How many, by table.</summary>
    public SortedDictionary<string, int> ByTable { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows that are equal but for columns that a clock fills.</summary>
    public int Clocks { get; }
}
