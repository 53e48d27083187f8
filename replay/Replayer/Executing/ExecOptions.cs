using Replay.Client;

namespace Replay.Replayer;

/// <summary>What <c>dbreplay exec</c> was asked for.</summary>
public sealed record ExecOptions
{
    /// <summary>The run's or the workload's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The workload's folder, if it is no longer where the run says; null: where the run says.</summary>
    public string? Workload { get; init; }

    /// <summary>The session's number.</summary>
    public required int Session { get; init; }

    /// <summary>The exchange's number in the session.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Where to.</summary>
    public required TargetUrl Target { get; init; }

    /// <summary>Timed executions after the first.</summary>
    public int Times { get; init; } = 5;

    /// <summary>How long one may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Who the session logs in as.</summary>
    public LoginMode Login { get; init; } = LoginMode.Target;

    /// <summary>Passwords of captured users.</summary>
    public PasswordFile Passwords { get; init; } = PasswordFile.Empty;

    /// <summary>Names of checks whose refusal is ignored.</summary>
    public IReadOnlySet<string> Force { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>What came of it.</summary>
/// <param name="Example">The statement with its parameters.</param>
/// <param name="Session">The captured session.</param>
/// <param name="Server">The target's version.</param>
/// <param name="Settings">How many settings and the like the session was given first.</param>
/// <param name="IsRolledBack">Whether each execution was in a transaction that was rolled back.</param>
/// <param name="Answers">The executions, the first one first.</param>
/// <param name="Elsewhere">What it took in production and in the run, microseconds; null where it has no time.</param>
/// <param name="PlanBy">The statement that gave the plan.</param>
/// <param name="Plan">The plan, or the server's refusal.</param>
public sealed record ExecResult(
    StatementExample Example, Workload.Session Session, string Server, int Settings, bool IsRolledBack, IReadOnlyList<ConfirmAnswer> Answers, IReadOnlyList<(string Where, double? Microseconds)> Elsewhere, string PlanBy, string Plan);
