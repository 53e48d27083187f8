using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// The shapes of a comparison: those of the workload, and behind them one for each command, for exchanges that have no text (ping, init_db) and
/// for the times of those that only prepare (parse, stmt_prepare), which would blur the times of executions.
/// </summary>
public sealed class ShapeCatalog
{
    private const int Commands = 256;

    private readonly IReadOnlyList<Shape> _shapes;
    private readonly StatementFlags[] _flags;
    private readonly TrafficRole[] _roles;

    /// <summary>The catalogue of a workload's shapes.</summary>
    public ShapeCatalog(IReadOnlyList<Shape> shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        _shapes = shapes;
        _flags = new StatementFlags[shapes.Count];
        _roles = new TrafficRole[shapes.Count];
        var roles = new TrafficRoles();
        var readers = new Dictionary<Engine, ShapeReader>
        {
            [Engine.PostgreSql] = new(SqlDialect.PostgreSql),
            [Engine.MySql] = new(SqlDialect.MySql),
        };
        for (var i = 0; i < shapes.Count; i++)
        {
            // Reading the normalised text again gives the same shape, and so the flags that the table does not keep.
            _flags[i] = readers.TryGetValue(shapes[i].Engine, out var reader) ? reader.Read(Encoding.UTF8.GetBytes(shapes[i].Text)).Flags : StatementFlags.None;
            _roles[i] = roles.Of(shapes[i]);
        }
    }

    /// <summary>Numbers run from 0 to this - 1.</summary>
    public int Count => _shapes.Count + Commands;

    /// <summary>The number under which an exchange's errors and results are counted.</summary>
    public int NumberOf(int shape, Command command) => (uint)shape < (uint)_shapes.Count ? shape : _shapes.Count + (byte)command;

    /// <summary>The number under which an exchange's time is counted.</summary>
    public int TimedNumberOf(int shape, Command command) => IsPreparation(command) ? _shapes.Count + (byte)command : NumberOf(shape, command);

    /// <summary>Whether a command only prepares, describes or closes what another executes.</summary>
    public static bool IsPreparation(Command command) => command is Command.Parse or Command.Bind or Command.Describe or Command.Close or Command.Sync
        or Command.MySqlStatementPrepare or Command.MySqlStatementClose or Command.MySqlStatementReset or Command.MySqlStatementSendLongData;

    /// <summary>Whether a number stands for a command without a text.</summary>
    public bool IsCommand(int number) => number >= _shapes.Count;

    /// <summary>The fingerprint; of a command, its number.</summary>
    public string Hex(int number) => number < _shapes.Count ? _shapes[number].Hex : $"{number - _shapes.Count:x32}";

    /// <summary>The normalised text; of a command, its name in parentheses.</summary>
    public string Text(int number) => number < _shapes.Count ? _shapes[number].Text : $"({((Command)(number - _shapes.Count)).Name()})";

    /// <summary>What the tokens tell.</summary>
    public StatementFlags Flags(int number) => number < _shapes.Count ? _flags[number] : StatementFlags.None;

    /// <summary>What it is to an application.</summary>
    public TrafficRole Role(int number) => number < _shapes.Count ? _roles[number]
        : (Command)(number - _shapes.Count) is Command.MySqlPing or Command.MySqlStatistics ? TrafficRole.HealthCheck
        : (Command)(number - _shapes.Count) is Command.MySqlFieldList or Command.MySqlProcessInfo ? TrafficRole.SetUp
        : (Command)(number - _shapes.Count) is Command.MySqlResetConnection or Command.MySqlChangeUser or Command.MySqlInitDb or Command.MySqlSetOption ? TrafficRole.SessionState
        : TrafficRole.Statement;

    /// <summary>Why its times and results are not compared, whatever became of it; <see cref="Eligibility.Compared"/> if they are.</summary>
    internal Eligibility Exclusion(int number) => EligibilityRule.Of(Role(number));

    /// <summary>The class by which reports group: <c>health check</c>, <c>set-up</c>, <c>session</c>, <c>transaction</c>, the statement's own class, or <c>command</c>.</summary>
    public string Class(int number) => Role(number) switch
    {
        TrafficRole.HealthCheck => "health check",
        TrafficRole.SetUp => "set-up",
        TrafficRole.SessionState => "session",
        TrafficRole.Transaction => "transaction",
        _ => number >= _shapes.Count ? "command" : _shapes[number].Class,
    };
}
