using System.Globalization;

namespace Replay.Replayer;

/// <summary>What came of <c>dbreplay exec</c>, on the terminal.</summary>
internal static class ExecSummary
{
    public static void Print(TextWriter output, ExecOptions options, ExecResult result)
    {
        var session = result.Session;
        output.WriteLine($"session {options.Session}, exchange {options.Ordinal}: {result.Example.Sql.Trim()}");
        if (result.Example.Parameters.Count > 0)
        {
            output.WriteLine($"parameters {string.Join(", ", result.Example.Parameters.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1} = {p ?? "NULL"}")))}");
        }

        output.WriteLine($"user {session.User ?? "?"}, database {result.Example.Database}, client {session.Client.Address}; {result.Settings} recorded messages made the session what it was");
        output.WriteLine($"on {options.Target} ({result.Server}), {(result.IsRolledBack ? "each time in a transaction that was rolled back (sequences and generated ids are not)" : "in a session that cannot write")}");
        foreach (var (where, microseconds) in result.Elsewhere)
        {
            output.WriteLine($"{where}: {(microseconds is { } known ? Time(known) : "no time of its own")}");
        }

        var first = result.Answers[0];
        if (result.Answers[^1].Error is { } error)
        {
            output.WriteLine($"refused: {error}");
        }
        else
        {
            double?[] times = [.. result.Answers.Skip(1).Select(answer => answer.Microseconds)];
            output.WriteLine($"here: {(first.Microseconds is { } cold ? Time(cold) : "no time of its own")} at first{(times.Length == 0 ? "" : $", then {string.Join(", ", times.Select(time => time is { } known ? Time(known) : "?"))}")}{(first.Rows >= 0 ? $"; {first.Rows.ToString("N0", CultureInfo.InvariantCulture)} {(first.Rows == 1 ? "row" : "rows")}" : "")}");
        }

        output.WriteLine();
        output.WriteLine(result.PlanBy);
        output.WriteLine(result.Plan);
    }

    private static string Time(double microseconds) => microseconds < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{microseconds:0} us")
        : microseconds < 1e6 ? string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e3:0.00} ms") : string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e6:0.00} s");
}
