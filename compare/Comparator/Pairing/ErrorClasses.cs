using System.Collections.Frozen;

namespace Replay.Comparator;

/// <summary>Which error codes mean the same, and which are nobody's fault.</summary>
internal static class ErrorClasses
{
    /// <summary>
    /// Sessions got in each other's way, or time ran out: PostgreSQL serialization_failure, deadlock_detected, lock_not_available, query_canceled
    /// (<see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>); MySQL and MariaDB ER_CHECKREAD (a record has changed since it was read:
    /// innodb_snapshot_isolation), lock wait timeout, deadlock, interrupted, XA rolled back for a deadlock, lock aborted, query timeout, user-level lock deadlock, NOWAIT
    /// (<see href="https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html"/>, <see href="https://mariadb.com/docs/server/reference/error-codes"/>).
    /// Their number is by chance from run to run.
    /// </summary>
    private static readonly FrozenSet<string> Chance = FrozenSet.Create(
        StringComparer.Ordinal, "40001", "40P01", "55P03", "57014", "1020", "1205", "1213", "1317", "1614", "1689", "1969", "3024", "3058", "3572");

    /// <summary>Only says that something failed before: in_failed_sql_transaction, a session that was lost, a run that was ended.</summary>
    private static readonly FrozenSet<string> Consequences = FrozenSet.Create(StringComparer.Ordinal, "25P02", "session_lost", "interrupted", "connect_failed");

    /// <summary>
    /// The same error under another number: MySQL's versions among themselves, and against MariaDB. PostgreSQL has not renamed a code that both ends of an upgrade know;
    /// where a version says it more exactly, it stays in the SQLSTATE's class, which is what is compared.
    /// </summary>
    private static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["4025"] = "3819", // ER_CONSTRAINT_FAILED (MariaDB) -> ER_CHECK_CONSTRAINT_VIOLATED
        ["1139"] = "3685", // ER_REGEXP_ERROR, Henry Spencer's library -> ER_REGEXP_ILLEGAL_ARGUMENT, ICU
        ["3686"] = "3685", // the other words of ICU: index, buffer, syntax, internal error ...
        ["3687"] = "3685",
        ["3688"] = "3685",
        ["3689"] = "3685",
        ["3690"] = "3685",
        ["3691"] = "3685",
        ["3692"] = "3685",
        ["3693"] = "3685",
        ["3694"] = "3685",
        ["3695"] = "3685",
        ["3696"] = "3685",
        ["3697"] = "3685",
        ["3698"] = "3685",
        ["3699"] = "3685",
        ["1370"] = "1142", // ER_PROCACCESS_DENIED_ERROR -> ER_TABLEACCESS_DENIED_ERROR
        ["1690"] = "1264", // ER_DATA_OUT_OF_RANGE -> ER_WARN_DATA_OUT_OF_RANGE
        ["1265"] = "1366", // WARN_DATA_TRUNCATED -> ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: which of the two depends on the version and the column's type
        ["1292"] = "1366", // ER_TRUNCATED_WRONG_VALUE, likewise
        ["1411"] = "1366", // ER_WRONG_VALUE_FOR_TYPE (STR_TO_DATE), likewise
        ["1216"] = "1452", // ER_NO_REFERENCED_ROW -> ER_NO_REFERENCED_ROW_2: the first where the parent may not be named
        ["1217"] = "1451", // ER_ROW_IS_REFERENCED -> ER_ROW_IS_REFERENCED_2
        ["1586"] = "1062", // ER_DUP_ENTRY_WITH_KEY_NAME -> ER_DUP_ENTRY
        ["1698"] = "1045", // ER_ACCESS_DENIED_NO_PASSWORD_ERROR -> ER_ACCESS_DENIED_ERROR
        ["1969"] = "3024", // ER_STATEMENT_TIMEOUT (MariaDB) -> ER_QUERY_TIMEOUT
        ["3572"] = "1205", // ER_LOCK_NOWAIT -> ER_LOCK_WAIT_TIMEOUT, which MariaDB says for NOWAIT
        ["4038"] = "3141", // ER_JSON_SYNTAX (MariaDB) -> ER_INVALID_JSON_TEXT_IN_PARAM
        ["3140"] = "3141", // ER_INVALID_JSON_TEXT
        ["1630"] = "1305", // ER_FUNC_INEXISTENT_NAME_COLLISION -> ER_SP_DOES_NOT_EXIST
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsByChance(string code) => Chance.Contains(code);

    public static bool IsConsequence(string code) => Consequences.Contains(code);

    /// <summary>What is compared: of a SQLSTATE the class (its first two characters), of an error number the number, renamed ones under one name.</summary>
    public static string ClassOf(string code) =>
        Renamed.TryGetValue(code, out var renamed) ? renamed
        : code.Length == 5 && !code.Contains('_', StringComparison.Ordinal) ? code[..2]
        : code;
}
