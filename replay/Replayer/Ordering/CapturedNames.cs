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
            Tables = [.. catalog.Tables.Select(t => t with
            {
                Schema = names.CapturedDatabase(t.Schema),
                ForeignKeys = [.. t.ForeignKeys.Select(k => k with { Schema = names.CapturedDatabase(k.Schema) })],
                Triggers = [.. t.Triggers.Select(g => g with { Touches = All(g.Touches) })],
                PartitionOf = t.PartitionOf is null ? null : One(t.PartitionOf),
                Inherits = t.Inherits is null ? null : One(t.Inherits),
            })],
            Views = [.. catalog.Views.Select(v => v with { Schema = names.CapturedDatabase(v.Schema), Tables = v.Tables == CatalogView.Anything ? v.Tables : All(v.Tables)! })],
            Functions = [.. catalog.Functions.Select(f => f with { Touches = All(f.Touches) })],
        };

        IReadOnlyList<string>? All(IReadOnlyList<string>? qualified) => qualified is null ? null : [.. qualified.Select(One)];

        string One(string qualified) =>
            qualified.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? names.CapturedDatabase(qualified[..dot]) + qualified[dot..] : qualified;
    }
}
