using Replay.EndToEnd.Tests.Support;

namespace Replay.EndToEnd.Tests.Drivers;

/// <summary>Holds what was captured of a client against what the client says.</summary>
internal static class Compared
{
    /// <summary>What differs, a line each; empty if nothing does.</summary>
    public static IReadOnlyList<string> With(GroundTruth truth, IEnumerable<ShownExchange> captured)
    {
        var seen = Statements(captured).Where(e => !truth.IsOwn(e.Sql)).ToList();
        var differences = new List<string>();
        for (var i = 0; i < Math.Min(truth.Statements.Count, seen.Count); i++)
        {
            var (wanted, got) = (truth.Statements[i], seen[i]);
            if (wanted.Starts ? got.Sql?.StartsWith(wanted.Sql, StringComparison.Ordinal) != true : got.Sql != wanted.Sql)
            {
                differences.Add($"statement {i} is {Short(got.Sql)}, not {Short(wanted.Sql)}");
                break; // from here on nothing stands beside its like
            }

            Facts(wanted, got, differences);
        }

        if (truth.Statements.Count != seen.Count)
        {
            differences.Add($"{truth.Statements.Count} statements were executed and {seen.Count} captured");
        }

        return differences;
    }

    /// <summary>Executions; a Parse that failed stands for the Execute behind it that the server skipped.</summary>
    private static List<ShownExchange> Statements(IEnumerable<ShownExchange> captured)
    {
        var statements = new List<ShownExchange>();
        foreach (var e in captured)
        {
            if (statements is [.., { Command: "parse" } parse] && e.Command == "execute" && e.Session == parse.Session && e.Sql == parse.Sql && e.Rows is null && e.ErrorCode is null)
            {
                continue;
            }

            if (e.Command is "query" or "execute" or "stmt_execute" or "stmt_bulk_execute" || (e.ErrorCode is not null && e.Command is not "terminate"))
            {
                statements.Add(e);
            }
            else if (e.Command == "stmt_fetch" && e.Rows is { } fetched)
            {
                // a cursor's rows count for the execution that opened it
                var at = statements.FindLastIndex(s => s.Session == e.Session);
                statements[at] = statements[at] with { Rows = (statements[at].Rows ?? 0) + fetched };
            }
        }

        return statements;
    }

    private static void Facts(TrueStatement wanted, ShownExchange got, List<string> differences)
    {
        void Check<T>(string what, T want, T have)
        {
            if (!EqualityComparer<T>.Default.Equals(want, have))
            {
                differences.Add($"{what} of {Short(got.Sql)}: captured {have}, in truth {want}");
            }
        }

        Check("whole", !wanted.Incomplete, got.Complete);
        if (wanted.Incomplete)
        {
            return;
        }

        Check("rows", wanted.Fetched ?? wanted.Rows ?? 0, got.Rows ?? 0);
        Check("affected", wanted.Affected ?? 0, got.Affected ?? 0);
        Check("error", wanted.Error, got.ErrorCode);
        Check("copy", wanted.Copy, got.Copy);
        if (wanted.Parameters is not null)
        {
            Check("parameters", Text(wanted.Parameters), Text(got.Parameters));
        }
    }

    private static string Text(IEnumerable<string?> values) => string.Join(", ", values.Select(v => v is null ? "NULL" : $"'{v}'"));

    private static string Short(string? sql) => sql is null ? "nothing" : sql.Length <= 120 ? $"\"{sql}\"" : $"\"{sql[..120]}...\"";
}
