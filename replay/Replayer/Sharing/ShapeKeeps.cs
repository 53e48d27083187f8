using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a shape leaves on its connection that cannot be given to another one, what of that it takes away, and what it reads of it: by its normalised text, worked out once.</summary>
public sealed partial class ShapeKeeps
{
    // Of MySQL's functions those whose value is the same whenever they are asked, in a SET that is run again.
    private const string Steady = "concat|concat_ws|replace|upper|lower|trim|ifnull|coalesce|if|cast|convert|char|hex|unhex|greatest|least|substring|left|right";

    private ShapeKeeps(Shape shape)
    {
        var (text, engine) = (shape.Text, shape.Engine);
        var isMySql = engine == Engine.MySql;
        Locks = SessionLocks.Of(text, engine);
        Discards = DiscardMark().IsMatch(text);
        DropsTemporary = TemporaryDiscardMark().IsMatch(text);
        Table = TransientMark().IsMatch(text) ? null : ShapeFacts.TemporaryTable(shape);
        Dropped = DropMark().Match(text) is { Success: true } drop ? [.. drop.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [];
        Opens = OpenMark().Match(text) is { Success: true } open ? open.Groups["name"].Value : null;
        Closes = CloseMark().Match(text) is { Success: true } close ? close.Groups["name"].Value : null;
        Listens = ListenMark().Match(text) is { Success: true } listen ? listen.Groups["name"].Value : null;
        Unlistens = UnlistenMark().Match(text) is { Success: true } unlisten ? unlisten.Groups["name"].Value : null;
        RollsBack = ShapeFacts.IsRollback(text);
        BeginsXa = XaBeginMark().IsMatch(text);
        EndsXa = XaEndMark().IsMatch(text);
        IsOfNext = isMySql && NextMark().IsMatch(text);
        IsSetting = shape.Class == "session";
        ReadsWrites = WritesMark().IsMatch(text);
        ReadsDiagnostics = isMySql && DiagnosticsMark().IsMatch(text);
        Sets = Authorization(text) ? KeepReason.Authorization
            : (isMySql ? HasVariable(text) : HasFunctionSetting(text)) ? KeepReason.Variable
            : Table is null && TemporaryMark().IsMatch(text) && !TransientMark().IsMatch(text) && ShapeFacts.TemporaryTable(shape) is null ? KeepReason.TemporaryTable
            : OtherMark().IsMatch(text) || IsList(shape) ? KeepReason.Other
            : KeepReason.None;
        EndsAuthorization = AuthorizationEndMark().IsMatch(text);
    }

    /// <summary>What it does to locks that outlive transactions.</summary>
    public SessionLockUse Locks { get; }

    /// <summary>Whether it throws everything away.</summary>
    public bool Discards { get; }

    /// <summary>Whether it throws all temporary objects away.</summary>
    public bool DropsTemporary { get; }

    /// <summary>The temporary table that it makes, unless it goes with its transaction.</summary>
    public string? Table { get; }

    /// <summary>Tables that it drops.</summary>
    public IReadOnlyList<string> Dropped { get; }

    /// <summary>The cursor that it opens and that outlives transactions.</summary>
    public string? Opens { get; }

    /// <summary>The cursor that it closes; <c>all</c>: all.</summary>
    public string? Closes { get; }

    /// <summary>The channel that it listens on.</summary>
    public string? Listens { get; }

    /// <summary>The channel that it listens on no more; <c>*</c>: all.</summary>
    public string? Unlistens { get; }

    /// <summary>Whether it rolls a whole transaction back.</summary>
    public bool RollsBack { get; }

    /// <summary>Whether it begins an XA transaction.</summary>
    public bool BeginsXa { get; }

    /// <summary>Whether it ends one.</summary>
    public bool EndsXa { get; }

    /// <summary>Whether it sets something for the next transaction alone.</summary>
    public bool IsOfNext { get; }

    /// <summary>Whether it only changes the session.</summary>
    public bool IsSetting { get; }

    /// <summary>Whether it reads what its session wrote last: LAST_INSERT_ID(), currval().</summary>
    public bool ReadsWrites { get; }

    /// <summary>Whether it reads what the statement before it came to: ROW_COUNT(), SHOW WARNINGS.</summary>
    public bool ReadsDiagnostics { get; }

    /// <summary>Why the session keeps its connection from now on until it throws everything away; <see cref="KeepReason.None"/> if it does not.</summary>
    public KeepReason Sets { get; }

    /// <summary>Whether it gives the session's first user back.</summary>
    public bool EndsAuthorization { get; }

    /// <summary>Those of all shapes, by number.</summary>
    public static ShapeKeeps[] Of(IReadOnlyList<Shape> shapes) => [.. shapes.Select(static shape => new ShapeKeeps(shape))];

    /// <summary>Those of one.</summary>
    public static ShapeKeeps Of(Shape shape) => new(shape);

    private static bool Authorization(string text) => AuthorizationMark().IsMatch(text) && !AuthorizationEndMark().IsMatch(text);

    // A value that the statement, run again on a fresh connection, would not give.
    private static bool HasVariable(string text) =>
        AssignMark().IsMatch(text) || (text.StartsWith("set", StringComparison.OrdinalIgnoreCase) && UserVariableMark().IsMatch(text) && UnsteadyMark().IsMatch(text));

    private static bool HasFunctionSetting(string text) => FunctionMark().IsMatch(text) && !PlainFunctionMark().IsMatch(text);

    // A list of statements that changes the session is not run again as a whole.
    private static bool IsList(Shape shape) =>
        shape.Text.TrimEnd(';', ' ').Contains(';', StringComparison.Ordinal) && (ShapeFacts.Of(shape) & ShapeTraits.SessionState) != 0;

    [GeneratedRegex(@"^discard\s+all\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DiscardMark();

    [GeneratedRegex(@"^discard\s+temp", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryDiscardMark();

    [GeneratedRegex(@"\bon\s+commit\s+drop\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TransientMark();

    [GeneratedRegex(@"^create\s+(or\s+replace\s+)?(global\s+|local\s+)?temp(orary)?\b|^create\b.*\bpg_temp\s*\.", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryMark();

    [GeneratedRegex(@"^drop\s+(temporary\s+)?table\s+(if\s+exists\s+)?(?<names>.+?)(\s+(cascade|restrict))?\s*;?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DropMark();

    [GeneratedRegex(@"^declare\s+(?<name>\S+)\s.*\bwith\s+hold\b|^handler\s+(?<name>\S+)\s+open\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OpenMark();

    [GeneratedRegex(@"^close\s+(?<name>[^\s;]+)|^handler\s+(?<name>\S+)\s+close\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CloseMark();

    [GeneratedRegex(@"^listen\s+(?<name>[^\s;]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ListenMark();

    [GeneratedRegex(@"^unlisten\s+(?<name>[^\s;]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UnlistenMark();

    [GeneratedRegex(@"^xa\s+(start|begin)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex XaBeginMark();

    [GeneratedRegex(@"^xa\s+(commit|rollback)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex XaEndMark();

    [GeneratedRegex(@"^set\s+(transaction\b|@@(transaction_isolation|tx_isolation|transaction_read_only|tx_read_only)\b|(session\s+|@@session\.|@@)?insert_id\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NextMark();

    [GeneratedRegex(@"\b(currval|lastval|last_insert_id)\s*\(|@@(session\.|local\.)?(last_insert_id|identity)\b|\bprevious\s+value\s+for\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WritesMark();

    [GeneratedRegex(@"\b(found_rows|row_count)\s*\(|^show\b.*\b(warnings|errors|profiles?|status)\b|\bget\s+(current\s+|stacked\s+)?diagnostics\b|@@(session\.|local\.)?(warning_count|error_count|rand_seed\d|last_gtid|in_transaction)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DiagnosticsMark();

    [GeneratedRegex(@"^set\s+(session\s+|local\s+)?(session\s+)?authorization\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AuthorizationMark();

    [GeneratedRegex(@"^(reset\s+session\s+authorization|set\s+session\s+authorization\s+default)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AuthorizationEndMark();

    [GeneratedRegex(@"@[\w$]+\s*:=(?!.*\bset\b)|^(?!set\b).*@[\w$]+\s*:=|\binto\s+@|^call\b.*@|^load\b.*@|^prepare\b.*\bfrom\s+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AssignMark();

    [GeneratedRegex(@"(?<!@)@[\w$`'""]", RegexOptions.CultureInvariant)]
    private static partial Regex UserVariableMark();

    [GeneratedRegex(@"\bselect\b|=.*(?<!@)@[\w$`'""]+(?!\s*:?=)|\b(?!(" + Steady + @")\s*\()\w+\s*\(|\b(now|current_timestamp|current_date|localtime|localtimestamp|utc_timestamp)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UnsteadyMark();

    [GeneratedRegex(@"\bset_config\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FunctionMark();

    [GeneratedRegex(@"^select\s+((pg_catalog\s*\.\s*)?set_config\s*\([^()]*\)(\s*::\s*\w+)?(\s+as\s+\w+)?\s*,?\s*)+;?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PlainFunctionMark();

    [GeneratedRegex(@"^load\s+'|^load\s+\?|\bsetseed\s*\(|^lock\s+instance\b|^backup\s+(stage|lock)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherMark();
}
