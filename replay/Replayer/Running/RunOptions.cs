using Replay.Client;

namespace Replay.Replayer;

/// <summary>What <c>dbreplay run</c> was asked for.</summary>
public sealed partial record RunOptions
{
    /// <summary>The workload's folder.</summary>
    public required string Workload { get; init; }

    /// <summary>Where to replay.</summary>
    public required TargetUrl Target { get; init; }

    /// <summary>The run's folder.</summary>
    public required string Out { get; init; }

    /// <summary>How fast.</summary>
    public Speed Speed { get; init; } = Speed.Recorded;

    /// <summary>What else changes due times.</summary>
    public ScheduleOptions Schedule { get; init; } = ScheduleOptions.Plain;

    /// <summary>What of the workload is played.</summary>
    public SelectionOptions Selection { get; init; } = SelectionOptions.Everything;

    /// <summary>Whether the run ends where the window begins: only what lies before it is sent, and of that only what ended by then.</summary>
    public bool IsCheckpoint { get; init; }

    /// <summary>Which order is kept.</summary>
    public OrderMode Order { get; init; } = OrderMode.Key;

    /// <summary>An earlier run of the workload whose catalogues decide the order too, so that both sides of a comparison have one order; null: the target's own.</summary>
    public string? OrderFrom { get; init; }

    /// <summary>Files of the captured server's binary log; empty: none.</summary>
    public IReadOnlyList<string> BinaryLog { get; init; } = [];

    /// <summary>PostgreSQL: files of the captured databases' logical decoding, as <see cref="LogicalDecodingFiles"/> reads them; empty: none.</summary>
    public IReadOnlyList<string> LogicalDecoding { get; init; } = [];

    /// <summary>What is done about values.</summary>
    public ValueMode Values { get; init; } = ValueMode.Exact;

    /// <summary>Who sessions log in as.</summary>
    public LoginMode Login { get; init; } = LoginMode.Target;

    /// <summary>Passwords of captured users.</summary>
    public PasswordFile Passwords { get; init; } = PasswordFile.Empty;

    /// <summary>Names of checks whose refusal is ignored.</summary>
    public IReadOnlySet<string> Force { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The interface to measure on; null: the client's clock.</summary>
    public string? Wire { get; init; }

    /// <summary>Folders in which programs are looked for before PATH.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The socket of whoever has this run and another play slices in turn (<see cref="TurnKeeper"/>); null: it is alone.</summary>
    public string? Turns { get; init; }

    /// <summary>The longest wait for a response.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the transaction of a victim that production had not is sent again; 0: not.</summary>
    public int RetryVictims { get; init; }

    /// <summary>A line that the run and its reports show; null: none.</summary>
    public string? Remark { get; init; }

    /// <summary>The longest time for connecting and logging in.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many shapes are explained at the end.</summary>
    public int ExplainShapes { get; init; } = 100;
}
