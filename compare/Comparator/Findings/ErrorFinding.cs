namespace Replay.Comparator;

/// <summary>What an error in the runs means.</summary>
public enum ErrorKind
{
    /// <summary>Neither production nor the baseline had it.</summary>
    New,

    /// <summary>It follows from something that diverged before; its cause is listed apart.</summary>
    Consequence,

    /// <summary>Both sides have it, or production had it.</summary>
    Known,

    /// <summary>Only the baseline has it.</summary>
    Gone,

    /// <summary>It comes and goes by chance: equal runs show it too.</summary>
    Chance,
}

/// <summary>An error code of a shape.</summary>
public sealed record ErrorFinding
{
    /// <summary>The shape's number in the catalogue.</summary>
    public required int Shape { get; init; }

    /// <summary>SQLSTATE, error number, or the reason why there was no response.</summary>
    public required string Code { get; init; }

    /// <summary>What it means.</summary>
    public required ErrorKind Kind { get; init; }

    /// <summary>Exchanges with it, per run.</summary>
    public required IReadOnlyList<long> PerRun { get; init; }

    /// <summary>Exchanges with it in production.</summary>
    public required long Production { get; init; }

    /// <summary>Exchanges in which it is new, in the run that has most of them.</summary>
    public required long NewExchanges { get; init; }

    /// <summary>The first exchange that shows it; null if none is left to show.</summary>
    public ExchangeExample? Example { get; init; }

    /// <summary>What the example follows from; null if no run tells.</summary>
    public RootCause? Cause { get; init; }

    /// <summary>Who accepts it and why; null if it is not new, or nobody does.</summary>
    public Waiver? Waiver { get; init; }

    /// <summary>Whether it fails the whole.</summary>
    public bool IsFailure => Kind == ErrorKind.New && Waiver is null;
}

/// <summary>One exchange as an example. No literals: reports show shapes.</summary>
/// <param name="Position">Position in the workload.</param>
/// <param name="Session">Session number.</param>
/// <param name="Ordinal">Number in the session.</param>
/// <param name="Message">The error message of the first run that has it; null if none was kept.</param>
/// <param name="User">The session's user; null if not known.</param>
/// <param name="Database">The session's database; null if not known.</param>
/// <param name="ProductionCode">The error that production had there; null if it had none.</param>
public sealed record ExchangeExample(long Position, int Session, int Ordinal, string? Message, string? User, string? Database, string? ProductionCode = null);
