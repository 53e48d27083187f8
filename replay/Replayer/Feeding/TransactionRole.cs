using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What an exchange is to the transaction that it is in: whether a transaction that holds it can be played again as a whole.</summary>
public enum TransactionRole : byte
{
    /// <summary>A part of it, rolled back with it.</summary>
    Within = 0,

    /// <summary>It begins one; MySQL commits first what is open.</summary>
    Begins,

    /// <summary>It ends one.</summary>
    Ends,

    /// <summary>A part of one that is open; by itself it may be several.</summary>
    OnlyInside,

    /// <summary>It may end one, or be several.</summary>
    MayEnd,
}

/// <summary>Tells the roles, by text.</summary>
public static partial class TransactionRoles
{
    /// <summary>The roles of all shapes of a workload, by number.</summary>
    public static TransactionRole[] Of(IReadOnlyList<Shape> shapes, Engine engine)
    {
        var roles = new TransactionRole[shapes.Count];
        for (var i = 0; i < roles.Length; i++)
        {
            roles[i] = Of(shapes[i].Text, engine);
        }

        return roles;
    }

    /// <summary>The role of statements with a normalised text.</summary>
    public static TransactionRole Of(string text, Engine engine)
    {
        if (text.Contains(';', StringComparison.Ordinal))
        {
            return OfList(text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), engine);
        }

        return BeginMark().IsMatch(text) ? TransactionRole.Begins
            : EndMark().IsMatch(text) ? TransactionRole.Ends
            : engine == Engine.MySql ? (MySqlPlainMark().IsMatch(text) ? TransactionRole.Within : TransactionRole.MayEnd)
            : BlockMark().IsMatch(text) ? TransactionRole.OnlyInside
            : TransactionRole.Within;
    }

    /// <summary>The role of an exchange whose shape has <paramref name="ofShape"/>.</summary>
    public static TransactionRole Of(in Exchange exchange, TransactionRole? ofShape) => exchange.Command switch
    {
        Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute => ofShape ?? TransactionRole.MayEnd,
        _ => TransactionRole.Within,
    };

    // PostgreSQL runs a list as one transaction; MySQL commits each statement of it if none is open.
    private static TransactionRole OfList(string[] statements, Engine engine)
    {
        if (statements.Length == 0)
        {
            return TransactionRole.Within;
        }

        var begins = BeginMark().IsMatch(statements[0]);
        var last = statements.Length - (begins && EndMark().IsMatch(statements[^1]) ? 1 : 0);
        for (var i = begins ? 1 : 0; i < last; i++)
        {
            if (Of(statements[i], engine) != TransactionRole.Within)
            {
                return TransactionRole.MayEnd;
            }
        }

        return begins ? TransactionRole.Begins : engine == Engine.MySql ? TransactionRole.OnlyInside : TransactionRole.Within;
    }

    [GeneratedRegex(@"^(begin\b(?!\s+not\s+atomic)|start\s+transaction\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BeginMark();

    // PREPARE TRANSACTION is none: it is played again as a whole like any other.
    [GeneratedRegex(@"^((commit|end)\b|(rollback|abort)\b(?!.*\bto\b))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EndMark();

    [GeneratedRegex(@"^(call|do)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BlockMark();

    // All others (DDL, LOCK TABLES, CALL, EXECUTE, XA) may commit: https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
    [GeneratedRegex(
        @"^\(*\s*(select|insert|update|delete|replace|with|values|table|load\s+(data|xml)|show|explain|describe|desc|savepoint|release\s+savepoint|rollback\b.*\bto|do|use|handler|prepare|deallocate|kill|checksum|help|set(?!.*\bautocommit\b)(?!\s+password\b))\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MySqlPlainMark();
}
