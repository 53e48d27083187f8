using Replay.Client;

namespace Replay.Replayer;

/// <summary>MySQL: a catalogue of a server whose databases are called otherwise than in production, by production's names, which statements and sessions have.</summary>
internal static class CapturedNames
{
    /// <summary>The catalogue with the captured names of its databases; itself if none is called otherwise.</summary>
    public static OrderCatalog Of(OrderCatalog catalog, TargetNames names)
    {
        if (names.Databases.Count == 0)
        {
            return catalog;
        }

        return catalog with
        {
            Tables = [.. catalog.Tables.Where(t => IsCaptured(t.Schema)).Select(t => t with
            {
                Schema = Database(t.Schema),
                ForeignKeys = [.. t.ForeignKeys.Where(k => IsCaptured(k.Schema)).Select(k => k with { Schema = Database(k.Schema) })],
                Triggers = [.. t.Triggers.Select(g => g with { Touches = All(g.Touches) })],
                PartitionOf = t.PartitionOf is null ? null : Qualified(t.PartitionOf),
                Inherits = t.Inherits is null ? null : Qualified(t.Inherits),
            })],
            Views = [.. catalog.Views.Where(v => IsCaptured(v.Schema)).Select(v => v with { Schema = Database(v.Schema), Tables = v.Tables == CatalogView.Anything ? v.Tables : All(v.Tables)! })],
            Functions = [.. catalog.Functions.Select(f => f with { Touches = All(f.Touches) })],
        };

        // A database that nothing captured stands for is out of reach of the workload.
        bool IsCaptured(string database) => names.CapturedDatabase(database) is not null;

        string Database(string name) => names.CapturedDatabase(name) ?? name;

        IReadOnlyList<string>? All(IReadOnlyList<string>? qualified) =>
            qualified is null ? null : [.. qualified.Where(q => q.IndexOf('.', StringComparison.Ordinal) is var dot && (dot <= 0 || IsCaptured(q[..dot]))).Select(Qualified)];

        string Qualified(string name) => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? Database(name[..dot]) + name[dot..] : name;
    }
}
