namespace Replay.Sql;

/// <summary>Whose lexical rules a text follows. The numbers are part of every fingerprint.</summary>
public enum SqlDialect : byte
{
    /// <summary>PostgreSQL: <see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">lexical structure</see>.</summary>
    PostgreSql = 1,

    /// <summary>MySQL and MariaDB: <see href="https://dev.mysql.com/doc/refman/8.4/en/language-structure.html">language structure</see>.</summary>
    MySql = 2,
}
