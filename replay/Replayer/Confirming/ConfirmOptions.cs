using Replay.Client;

namespace Replay.Replayer;

/// <summary>What <c>dbreplay confirm</c> was asked for.</summary>
public sealed record ConfirmOptions
{
    /// <summary>The comparison's JSON.</summary>
    public required string Comparison { get; init; }

    /// <summary>The workload's folder; null: where the comparison says.</summary>
    public string? Workload { get; init; }

    /// <summary>The old server, with the snapshot restored.</summary>
    public required TargetUrl Baseline { get; init; }

    /// <summary>The new server, with the snapshot restored.</summary>
    public required TargetUrl Candidate { get; init; }

    /// <summary>Where the outcomes go as JSON; null: nowhere.</summary>
    public string? Out { get; init; }

    /// <summary>How long it may take in all; what is not decided by then is undecided.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Who sessions log in as.</summary>
    public LoginMode Login { get; init; } = LoginMode.Target;

    /// <summary>Passwords of captured users on the old server.</summary>
    public PasswordFile BaselinePasswords { get; init; } = PasswordFile.Empty;

    /// <summary>Passwords of captured users on the new server.</summary>
    public PasswordFile CandidatePasswords { get; init; } = PasswordFile.Empty;

    /// <summary>Names of checks whose refusal is ignored.</summary>
    public IReadOnlySet<string> Force { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Slower by less than this factor is no regression; null: as the comparison has it.</summary>
    public double? MinimumRatio { get; init; }
}
