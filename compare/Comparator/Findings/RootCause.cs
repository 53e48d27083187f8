namespace Replay.Comparator;

/// <summary>What an exchange's divergence follows from, as the run found it (<c>causes.json</c>).</summary>
/// <param name="Run">The run's label.</param>
/// <param name="Kind">How the root diverged: <c>error</c>, <c>error_gone</c>, <c>count</c>, <c>values</c>, <c>missing</c>, or <c>order_not_told</c> for a pair whose order the wire does not tell.</param>
/// <param name="Position">The root's position in the workload; null for a pair.</param>
/// <param name="Session">Its session; of a pair the second one's.</param>
/// <param name="Ordinal">Its number in the session.</param>
/// <param name="Sql">Its shape's text; null if it has none.</param>
/// <param name="Consequences">Divergences of that run that follow from it.</param>
/// <param name="IsItself">Whether the exchange is itself the root.</param>
public sealed record RootCause(string Run, string Kind, long? Position, int Session, int Ordinal, string? Sql, long Consequences, bool IsItself)
{
    /// <summary>In words.</summary>
    public string Words => IsItself
        ? Consequences == 0 ? "follows from nothing else" : $"follows from nothing else; {Sentences.Count(Consequences, "other divergence")} of {Run} {(Consequences == 1 ? "follows" : "follow")} from it"
        : Kind == "order_not_told" ? $"follows from session {Session}, exchange {Ordinal}, whose order against another the wire does not tell"
        : $"follows from session {Session}, exchange {Ordinal}, which {How}{(Sql is null ? "" : $": {Sentences.Short(Sql, 100)}")}";

    private string How => Kind switch
    {
        "error" => "failed",
        "error_gone" => "did not fail as in production",
        "count" => "had another number of rows",
        "values" => "had other values",
        _ => "was not carried through",
    };
}
