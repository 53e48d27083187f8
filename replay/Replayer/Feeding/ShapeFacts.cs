using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a replay must know about a shape; worked out once per shape from its normalised text and class.</summary>
[Flags]
public enum ShapeTraits
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>It reads and changes nothing.</summary>
    Read = 1 << 0,

    /// <summary>It begins or ends a transaction or a savepoint.</summary>
    Transaction = 1 << 1,

    /// <summary>It changes the state of the session: SET, PREPARE, USE, LISTEN, temporary tables, session locks, user variables.</summary>
    SessionState = 1 << 2,

    /// <summary>It throws away the user that the session has taken on.</summary>
    ResetsUser = 1 << 3,

    /// <summary>It would stop, kill or reconfigure the server, or kill connections by numbers that mean others now.</summary>
    Dangerous = 1 << 4,

    /// <summary>It gives the session a value that the next statement of its shape replaces: SET.</summary>
    Setting = 1 << 5,

    /// <summary>It chooses the database.</summary>
    Database = 1 << 6,

    /// <summary>It leaves something in the session that running it on another connection leaves there too: PREPARE, LISTEN, a temporary table, a user variable.</summary>
    Repeatable = 1 << 7,

    /// <summary>It throws all of the session's state away.</summary>
    Discards = 1 << 8,

    /// <summary>It rolls a whole transaction back.</summary>
    RollsBack = 1 << 9,

    /// <summary>It makes a temporary table.</summary>
    MakesTemporaryTable = 1 << 10,
}

/// <summary>Finds the traits of shapes.</summary>
public static partial class ShapeFacts
{
    private static readonly FrozenSet<string> ResetsUser = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "discard all", "reset session authorization", "set session authorization default");

    /// <summary>The traits of all shapes of a workload, by number.</summary>
    public static ShapeTraits[] Of(IReadOnlyList<Shape> shapes)
    {
        var traits = new ShapeTraits[shapes.Count];
        for (var i = 0; i < traits.Length; i++)
        {
            traits[i] = Of(shapes[i]);
        }

        return traits;
    }

    /// <summary>The traits of one shape.</summary>
    public static ShapeTraits Of(Shape shape)
    {
        var traits = shape.Class switch
        {
            "read" => ShapeTraits.Read,
            "transaction" => ShapeTraits.Transaction,
            "session" => ShapeTraits.SessionState,
            _ => ShapeTraits.None,
        };
        var text = shape.Text;
        if (StateMark().IsMatch(text))
        {
            traits |= ShapeTraits.SessionState;
        }

        if (DangerMark().IsMatch(text))
        {
            traits |= ShapeTraits.Dangerous;
        }

        traits |= Lasting(shape);
        if (ResetsUser.Contains(text))
        {
            traits |= ShapeTraits.ResetsUser;
        }

        return traits;
    }

    /// <summary>The name of the temporary table that a statement of this shape makes; null if it makes none.</summary>
    public static string? TemporaryTable(Shape shape)
    {
        var match = TemporaryMark().Match(shape.Text);
        return match.Success ? match.Groups["name"].Value : null;
    }

    /// <summary>Whether a statement with a normalised text rolls a whole transaction back.</summary>
    public static bool IsRollback(string text) => RollbackMark().IsMatch(text);

    // What can be done again on a new connection. A list of statements is not: not all of it may bear being done twice. Nor are locks, which others may have by then.
    private static ShapeTraits Lasting(Shape shape)
    {
        var text = shape.Text;
        if (RollbackMark().IsMatch(text))
        {
            return ShapeTraits.RollsBack;
        }

        if (text.Equals("discard all", StringComparison.OrdinalIgnoreCase))
        {
            return ShapeTraits.Discards;
        }

        if (text.Contains(';', StringComparison.Ordinal) || LocalMark().IsMatch(text) || (shape.Engine == Engine.MySql ? OfNextMark() : OfTransactionMark()).IsMatch(text))
        {
            return ShapeTraits.None;
        }

        var verb = VerbMark().Match(text).Value;
        return verb.ToLowerInvariant() switch
        {
            "set" or "reset" when shape.Class == "session" => ShapeTraits.Setting,
            "use" => ShapeTraits.Database,
            "prepare" or "deallocate" or "listen" or "unlisten" => ShapeTraits.Repeatable,
            "create" when TemporaryMark().IsMatch(text) => ShapeTraits.Repeatable | ShapeTraits.MakesTemporaryTable,
            "select" when shape.Class is "read" or "session" && VariableMark().IsMatch(text) => ShapeTraits.Repeatable,
            _ => ShapeTraits.None,
        };
    }

    // What changes a session although its class is another's: session locks, settings by function, user variables, temporary tables.
    [GeneratedRegex(
        @"\b(set_config|pg_advisory_lock|pg_advisory_lock_shared|pg_try_advisory_lock|pg_try_advisory_lock_shared|pg_advisory_unlock|pg_advisory_unlock_shared|pg_advisory_unlock_all|get_lock|release_lock|release_all_locks|setseed)\s*\(|@[\w$]+\s*:=|\binto\s+@|^create\s+(or\s+replace\s+)?(global\s+|local\s+)?temp(orary)?\b|^(listen|unlisten|prepare|deallocate|declare|discard|lock\s+tables|unlock\s+tables|use|handler)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StateMark();

    [GeneratedRegex(@"^(rollback|abort)\b(?!.*\bto\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RollbackMark();

    // MySQL's SET LOCAL is of the session; what names no scope is of the next transaction. And a setting that a statement has for itself.
    [GeneratedRegex(@"^set\s+(@@(transaction_isolation|tx_isolation|transaction_read_only|tx_read_only)|(@@(session\.)?)?insert_id|statement)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfNextMark();

    [GeneratedRegex(@"^set\s+local\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfTransactionMark();

    // Of the transaction only; and what names a user, which the login mode decides.
    [GeneratedRegex(@"^set\s+(transaction|constraints|session\s+authorization)\b|^reset\s+session\s+authorization\b|\b(pg_advisory\w*|pg_try_advisory\w*|get_lock)\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LocalMark();

    [GeneratedRegex(@"^\w+", RegexOptions.CultureInvariant)]
    private static partial Regex VerbMark();

    [GeneratedRegex(@"\bset_config\s*\(|@[\w$]+\s*:=|\binto\s+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VariableMark();

    [GeneratedRegex(
        @"^(kill|shutdown|restart|alter\s+system|set\s+(global|persist|persist_only|password)\b|set\s+@@(global|persist)|reset\s+(master|slave|replica|persist|binary)|change\s+(master|replication)|(start|stop)\s+(slave|replica|group_replication)|(un)?install\s+(plugin|component|soname)|clone\s+instance|flush\s+tables\s+with\s+read\s+lock|purge\s+(binary|master))|\b(pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_promote|pg_rotate_logfile|pg_switch_wal)\s*\(",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DangerMark();

    [GeneratedRegex(
        @"^create\s+(or\s+replace\s+)?(global\s+|local\s+)?temp(orary)?\s+table\s+(if\s+not\s+exists\s+)?(?<name>[^\s(]+)|\binto\s+temp(orary)?\s+(table\s+)?(?<name>[^\s(]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryMark();
}
