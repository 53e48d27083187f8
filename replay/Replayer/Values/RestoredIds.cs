using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Which of the last ids before the snapshot's cut are in the restored data: those were drawn by inserts that it has, the others by those that are played or were rolled back.
/// </summary>
public static class RestoredIds
{
    /// <summary>Ids that are looked at, of each sequence: 1,000.</summary>
    public const int MaxIds = 1000;

    /// <summary>By database and sequence; of what cannot be read there is nothing. A <see cref="CommandException"/> if the target does not answer.</summary>
    public static async Task<IReadOnlyDictionary<(string Database, string Sequence), IReadOnlySet<long>>> ReadAsync(
        TargetUrl target, SnapshotInfo snapshot, IReadOnlyDictionary<string, OrderCatalog> catalogs, CancellationToken cancellation)
    {
        var found = new Dictionary<(string, string), IReadOnlySet<long>>();
        foreach (var database in snapshot.Databases.Where(d => d.Sequences.Count > 0 && catalogs.ContainsKey(d.Name)))
        {
            await using var control = await TargetControl.OpenAsync(target, database.Name, cancellation);
            foreach (var position in database.Sequences)
            {
                if (position.LastValue is { } last && Find(catalogs[database.Name], position.Name) is var (table, column))
                {
                    var name = PostgresNames.Quote(column);
                    var result = await control.TryAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"SELECT {name} FROM {PostgresNames.Quote(table.Schema)}.{PostgresNames.Quote(table.Name)} WHERE {name} > {last - (MaxIds * position.Increment)} AND {name} <= {last}"));
                    if (result.Succeeded)
                    {
                        found[(database.Name, position.Name)] = result.Rows.Select(static r => long.Parse(r[0]!, CultureInfo.InvariantCulture)).ToHashSet();
                    }
                }
            }
        }

        return found;
    }

    // The one column that it fills, if an index begins with it.
    private static (CatalogTable Table, string Column)? Find(OrderCatalog catalog, string sequence)
    {
        var filled = catalog.Tables.Where(static t => t.PartitionOf is null)
            .SelectMany(t => t.Columns.Where(c => c.Sequence?.Name == sequence).Select(c => (Table: t, Column: c.Name))).ToList();
        return filled is [var one] && one.Table.Keys.Any(k => k[0] == one.Column) ? one : null;
    }
}
