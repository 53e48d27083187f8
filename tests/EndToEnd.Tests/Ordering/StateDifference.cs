namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>How the tables of a replay differ from the captured server's.</summary>
internal sealed class StateDifference
{
    private readonly List<string> _rows = [];

    public StateDifference(IReadOnlyDictionary<(string Table, string Key), TrafficRow> captured, IReadOnlyDictionary<(string Table, string Key), TrafficRow> replayed)
    {
        foreach (var key in captured.Keys.Union(replayed.Keys).Order())
        {
            var (before, after) = (captured.GetValueOrDefault(key), replayed.GetValueOrDefault(key));
            Compared++;
            if (before?.Values != after?.Values)
            {
                _rows.Add($"{key.Table} {key.Key}: {before?.Values ?? "absent"} became {after?.Values ?? "absent"}");
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
    public IReadOnlyList<string> Rows => _rows;

    /// <summary>How many, by table.</summary>
    public SortedDictionary<string, int> ByTable { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows that are equal but for columns that a clock fills.</summary>
    public int Clocks { get; }

    public override string ToString() => $"{_rows.Count} of {Compared} rows differ: {string.Join('\n', _rows.Take(12).Prepend(""))}";
}
