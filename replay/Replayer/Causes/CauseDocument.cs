using System.Text.Json;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>The run's document <c>causes.json</c>: roots with what follows from them, and the steps of chains.</summary>
public static class CauseDocument
{
    /// <summary>Its name.</summary>
    public const string Name = "causes.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The document. <c>links</c> has pairs of positions: an exchange and the one before it in its chain.</summary>
    public static string Write(CauseFinder finder, OrderPlan plan, WorkloadReader reader) => JsonSerializer.Serialize(
        new
        {
            Roots = finder.RootCount,
            finder.Consequences,
            Causes = finder.Roots.Select(r => new
            {
                Position = r.Position < 0 ? null : (long?)r.Position,
                r.Session,
                r.Ordinal,
                Kind = r.Pair is null ? JsonNamingPolicy.SnakeCaseLower.ConvertName(r.Kind.ToString()) : "order_not_told",
                Shape = (uint)r.Shape < (uint)reader.Shapes.Count ? reader.Shapes[r.Shape].Hex : null,
                Sql = (uint)r.Shape < (uint)reader.Shapes.Count ? reader.Shapes[r.Shape].Text : null,
                Pair = r.Pair is { } pair ? new { Table = plan.TableName(pair.Table), pair.FirstSession, pair.FirstOrdinal, pair.SecondSession, pair.SecondOrdinal } : null,
                r.Consequences,
            }),
            Links = finder.Links.Select(l => new[] { l.Key, l.Value }),
        },
        Json);
}
