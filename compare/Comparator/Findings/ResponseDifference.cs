using System.Globalization;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>How a shape's responses differ between the sides beside their rows: metadata of columns, and warnings. Neither fails the whole.</summary>
/// <param name="Columns">Columns whose name, type or attributes differ, in words: <c>total: bigint became numeric</c>; empty if none does or it is not known.</param>
/// <param name="BaselineWarnings">Warnings (PostgreSQL: notices) of a run of the old side, the mean; null if no run of it tells.</param>
/// <param name="CandidateWarnings">The same of the new side.</param>
public sealed record ResponseDifference(IReadOnlyList<string> Columns, double? BaselineWarnings, double? CandidateWarnings)
{
    /// <summary>Nothing is known.</summary>
    public static ResponseDifference None { get; } = new([], null, null);

    /// <summary>Whether one side warns and the other does not, or one warns more than twice as often.</summary>
    public bool HasOtherWarnings => BaselineWarnings is { } old && CandidateWarnings is { } @new && Math.Max(old, @new) > 2 * Math.Min(old, @new);
}

/// <summary>Names of column types.</summary>
internal static class ColumnTypes
{
    // PostgreSQL, pg_type.dat. From 16384 on numbers are a database's own and say nothing between servers.
    private const uint FirstOwnOid = 16384;

    private static readonly Dictionary<uint, string> Postgres = Parse(
        "16=boolean 17=bytea 18=char 19=name 20=bigint 21=smallint 23=integer 25=text 26=oid 114=json 142=xml 700=real 701=double_precision 790=money 1042=char "
        + " 1043=varchar 1082=date 1083=time 1114=timestamp 1184=timestamptz 1186=interval 1266=timetz 1560=bit 1562=varbit 1700=numeric 2249=record 2278=void "
        + " 2950=uuid 3802=jsonb 1005=smallint[] 1007=integer[] 1016=bigint[] 1009=text[] 1015=varchar[] 1231=numeric[] 2951=uuid[] 705=unknown");

    // MySQL, field types (https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html).
    private static readonly Dictionary<uint, string> MySql = Parse(
        "0=decimal 1=tinyint 2=smallint 3=int 4=float 5=double 6=null 7=timestamp 8=bigint 9=mediumint 10=date 11=time 12=datetime 13=year 15=varchar 16=bit "
        + " 242=vector 245=json 246=decimal 247=enum 248=set 249=tinytext 250=mediumtext 251=longtext 252=text 253=varchar 254=char 255=geometry");

    /// <summary>The type in words; null where its number says nothing to another server.</summary>
    public static string? Name(Engine engine, uint type) => engine == Engine.PostgreSql
        ? type >= FirstOwnOid ? null : Postgres.GetValueOrDefault(type, $"type {type}")
        : MySql.GetValueOrDefault(type & 0xFF, $"type {type & 0xFF}");

    /// <summary>How a column differs between two servers, in words; null if it does not.</summary>
    public static string? Difference(Engine engine, in Column old, in Column @new)
    {
        if (old.Name != @new.Name)
        {
            return $"{old.Name} is called {@new.Name}";
        }

        if (Name(engine, old.Type) is not { } before || Name(engine, @new.Type) is not { } after)
        {
            return null;
        }

        if (before != after)
        {
            return $"{old.Name}: {before} became {after}";
        }

        // MySQL: the modifier is the collation + 65536 * decimals, above the type's byte are flags. PostgreSQL: the type modifier (length, precision).
        return engine == Engine.PostgreSql ? old.Modifier == @new.Modifier ? null : $"{old.Name}: {before} of another length or precision ({old.Modifier} became {@new.Modifier})"
            : (old.Modifier & 0xFFFF) != (@new.Modifier & 0xFFFF) ? $"{old.Name}: collation {old.Modifier & 0xFFFF} became {@new.Modifier & 0xFFFF}"
            : old.Modifier != @new.Modifier ? $"{old.Name}: {old.Modifier >> 16} decimals became {@new.Modifier >> 16}"
            : old.Type != @new.Type ? $"{old.Name}: flags {old.Type >> 8:x} became {@new.Type >> 8:x}"
            : null;
    }

    // NUMBER=name, blanks in names as underscores.
    private static Dictionary<uint, string> Parse(string table) =>
        table.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=')).ToDictionary(pair => uint.Parse(pair[0], CultureInfo.InvariantCulture), pair => pair[1].Replace('_', ' '));
}
