using System.Collections.Frozen;

namespace Replay.Comparator;

/// <summary>Which error codes mean the same, and which are nobody's fault.</summary>
internal static class ErrorClasses
{
    /// <summary>
    /// Two sessions got in each other's way: PostgreSQL serialization_failure, deadlock_detected, lock_not_available, query_canceled
    /// (<see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>); MySQL lock wait timeout and deadlock
    /// (<see href="https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html"/>). Their number is by chance from run to run.
    /// </summary>
    private static readonly FrozenSet<string> Chance = FrozenSet.Create(StringComparer.Ordinal, "40001", "40P01", "55P03", "57014", "1205", "1213", "3572");

    /// <summary>Only says that something failed before: in_failed_sql_transaction, a session that was lost, a run that was ended.</summary>
    private static readonly FrozenSet<string> Consequences = FrozenSet.Create(StringComparer.Ordinal, "25P02", "session_lost", "interrupted", "connect_failed");

    // The same error under another number: MariaDB against MySQL, and MySQL versions among themselves.
    private static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["4025"] = "3819", // CONSTRAINT failed -> check constraint is violated
        ["1139"] = "3685", // regular expression: Henry Spencer's library -> ICU
        ["1370"] = "1142", // command denied, routine -> table
        ["1690"] = "1264", // value is out of range, BIGINT -> column
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsByChance(string code) => Chance.Contains(code);

    public static bool IsConsequence(string code) => Consequences.Contains(code);

    /// <summary>What is compared: of a SQLSTATE the class (its first two characters), of an error number the number, renamed ones under one name.</summary>
    public static string ClassOf(string code) =>
        Renamed.TryGetValue(code, out var renamed) ? renamed
        : code.Length == 5 && !code.Contains('_', StringComparison.Ordinal) ? code[..2]
        : code;
}
