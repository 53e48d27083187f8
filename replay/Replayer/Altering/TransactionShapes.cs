using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What <c>--transactions</c> does with the exchanges of one shape.</summary>
/// <param name="Reason">Why they are left out; <see cref="RunReason.None"/> if they are not.</param>
/// <param name="Change">How their text is changed.</param>
/// <param name="Duty">What the player has to do about them.</param>
public readonly record struct AlteredShape(RunReason Reason = RunReason.None, TextChange Change = TextChange.None, TransactionDuty Duty = TransactionDuty.None);

/// <summary>Finds that by a shape's normalised text.</summary>
public static partial class TransactionShapes
{
    /// <summary>What becomes of a shape.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="mode">What is asked for.</param>
    /// <param name="writes">Whether it writes (<see cref="WritingShapes"/>).</param>
    /// <param name="hasHeldCursors">Whether the workload has cursors that outlive their transactions.</param>
    public static AlteredShape Of(Shape shape, TransactionMode mode, bool writes, bool hasHeldCursors)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return mode switch
        {
            TransactionMode.Autocommit => Autocommitted(shape, hasHeldCursors),
            TransactionMode.Rollback => RolledBack(shape, writes),
            _ => default,
        };
    }

    // A routine's body has semicolons and a BEGIN of its own.
    private static string[]? ListOf(Shape shape) => !shape.Text.Contains(';', StringComparison.Ordinal) || RoutineMark().IsMatch(shape.Text)
        ? null
        : shape.Text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static AlteredShape Autocommitted(Shape shape, bool hasHeldCursors)
    {
        if (ListOf(shape) is { } list)
        {
            // It is one transaction at most if it ends what it begins: the server runs it as it is.
            return Array.TrueForAll(list, IsControl) ? new AlteredShape(RunReason.TransactionControl)
                : Array.FindLastIndex(list, BeginMark().IsMatch) > Array.FindLastIndex(list, EndMark().IsMatch) ? new AlteredShape(Change: TextChange.AddCommit)
                : default;
        }

        var text = shape.Text;
        return IsControl(text) ? new AlteredShape(RunReason.TransactionControl)
            : shape.Engine == Engine.MySql ? (AutocommitMark().IsMatch(text) ? new AlteredShape(Change: TextChange.AutocommitOn) : default)
            : NeedsTransaction(shape, hasHeldCursors) ? new AlteredShape(RunReason.NeedsTransaction)
            : default;
    }

    private static bool NeedsTransaction(Shape shape, bool hasHeldCursors) => OnlyInsideMark().IsMatch(shape.Text)
        || (shape.Class == "cursor" && (shape.Text.StartsWith("declare", StringComparison.Ordinal) ? !HoldMark().IsMatch(shape.Text) : !hasHeldCursors));

    private static AlteredShape RolledBack(Shape shape, bool writes)
    {
        var isMySql = shape.Engine == Engine.MySql;
        if (ListOf(shape) is { } list)
        {
            return OfList(list, isMySql, writes);
        }

        var text = shape.Text;
        return PreparedMark().IsMatch(text) || (isMySql ? CommitsMark().IsMatch(text) && !TemporaryMark().IsMatch(text) : OutsideMark().IsMatch(text)) ? new AlteredShape(RunReason.CannotRollBack)
            : XaMark().Match(text) is { Success: true } xa ? OfXa(xa.Groups["what"].Value)
            : PrepareTransactionMark().IsMatch(text) ? new AlteredShape(Change: TextChange.ToRollback)
            : CommitMark().IsMatch(text) ? new AlteredShape(Change: TextChange.CommitToRollback)
            : isMySql && (BeginMark().IsMatch(text) || AutocommitMark().IsMatch(text)) ? new AlteredShape(Duty: TransactionDuty.RollBackFirst)
            : writes ? new AlteredShape(Duty: TransactionDuty.Wrap)
            : default;
    }

    private static AlteredShape OfXa(string what) => what switch
    {
        "start" or "begin" => new AlteredShape(Change: TextChange.ToBegin, Duty: TransactionDuty.RollBackFirst),
        "end" => new AlteredShape(RunReason.CannotRollBack),
        _ => new AlteredShape(Change: TextChange.ToRollback),
    };

    // PostgreSQL runs a list as one transaction if it has no BEGIN; MySQL each statement by itself: within one that is open it is the same.
    private static AlteredShape OfList(string[] list, bool isMySql, bool writes)
    {
        var commit = Array.FindIndex(list, s => CommitMark().IsMatch(s));
        var isRefused = Array.Exists(list, s => PreparedMark().IsMatch(s) || XaMark().IsMatch(s) || PrepareTransactionMark().IsMatch(s)
            || (isMySql ? CommitsMark().IsMatch(s) && !TemporaryMark().IsMatch(s) : OutsideMark().IsMatch(s)));
        return isRefused || (commit >= 0 && commit < list.Length - 1) || Array.FindLastIndex(list, BeginMark().IsMatch) > 0 ? new AlteredShape(RunReason.CannotRollBack)
            : commit >= 0 ? new AlteredShape(Change: TextChange.LastToRollback, Duty: BeginMark().IsMatch(list[0]) ? TransactionDuty.None : TransactionDuty.Wrap)
            : BeginMark().IsMatch(list[0]) ? new AlteredShape(Duty: isMySql ? TransactionDuty.RollBackFirst : TransactionDuty.None)
            : writes ? new AlteredShape(Duty: TransactionDuty.Wrap)
            : default;
    }

    /// <summary>Whether a shape's text begins a transaction; MariaDB's BEGIN NOT ATOMIC is a block of statements and begins none.</summary>
    internal static bool Begins(string text) => BeginMark().IsMatch(text);

    private static bool IsControl(string text) => ControlMark().IsMatch(text);

    [GeneratedRegex(@"^(create|alter)\b.*\b(procedure|function|trigger|event|package)\b|^begin\s+not\s+atomic\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RoutineMark();

    [GeneratedRegex(@"^(begin\b(?!\s+not\s+atomic)|start\s+transaction\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BeginMark();

    [GeneratedRegex(@"^(commit|end)\b(?!\s+prepared\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CommitMark();

    [GeneratedRegex(@"^((commit|end)\b|(rollback|abort)\b(?!.*\bto\b))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EndMark();

    [GeneratedRegex(
        @"^(begin\b(?!\s+not\s+atomic)|start\s+transaction\b|(commit|end|rollback|abort)\b|savepoint\b|release\b(?!_)|prepare\s+transaction\b|xa\s+(start|begin|end|prepare|commit|rollback)\b)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ControlMark();

    [GeneratedRegex(@"^(commit|rollback)\s+prepared\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PreparedMark();

    [GeneratedRegex(@"^prepare\s+transaction\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PrepareTransactionMark();

    [GeneratedRegex(@"^xa\s+(?<what>start|begin|end|prepare|commit|rollback)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex XaMark();

    [GeneratedRegex(@"^set\b.*\bautocommit\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AutocommitMark();

    [GeneratedRegex(@"\bwith\s+hold\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex HoldMark();

    // PostgreSQL refuses these outside of a transaction, or takes no notice of them.
    [GeneratedRegex(@"^(lock\b|set\s+(local|transaction|constraints)\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OnlyInsideMark();

    // PostgreSQL refuses these inside of one: https://www.postgresql.org/docs/current/sql-vacuum.html and the like
    [GeneratedRegex(
        @"^(vacuum|cluster$|alter\s+system|(create|drop)\s+(database|tablespace|subscription)|alter\s+database\b.*\bset\s+tablespace|reindex\s+(\(.*\)\s*)?(database|system)|((create(\s+unique)?|drop)\s+index|reindex\b.*|alter\s+table\b.*\bdetach\s+partition\b.*)\s+concurrently)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OutsideMark();

    // MySQL commits at these, or may: https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
    [GeneratedRegex(
        @"^(set\s+statement\b((?!\bfor\b).)*\bfor\s+)?(alter|analyze|begin\s+not|cache|call|change|check|create|drop|execute|flush|grant|import|install|load\s+index|(un)?lock\s+(tables?|instance)|optimize|rename|repair|reset|revoke|set\s+password|start\s+(slave|replica)|stop|truncate|uninstall)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CommitsMark();

    [GeneratedRegex(@"^(create(\s+or\s+replace)?|drop)\s+temporary\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryMark();
}
