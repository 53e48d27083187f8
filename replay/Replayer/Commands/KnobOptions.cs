using System.CommandLine;
using System.Globalization;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary>Options of <c>run</c> that change what is played: transactions, writes, time limits.</summary>
internal sealed class KnobOptions
{
    private readonly Option<string> _transactions = new("--transactions")
    {
        Description = "autocommit: BEGIN, COMMIT and ROLLBACK are left out, and what production rolled back is not written; rollback: nothing is committed, so that the target can be used again.",
        HelpName = "keep|autocommit|rollback",
        DefaultValueFactory = static _ => "keep",
    };

    private readonly Option<string> _writes = new("--writes")
    {
        Description = "skip: what writes is left out, by its text and by what the target's functions may do. Reads that lock are kept.",
        HelpName = "keep|skip",
        DefaultValueFactory = static _ => "keep",
    };

    private readonly Option<string?> _statementTimeout = new("--statement-timeout")
    {
        Description = "The longest that a statement may take, by the server's own limit where it has one; captured settings of it are left out.",
        HelpName = "D",
    };

    private readonly Option<string> _concurrency = new("--concurrency")
    {
        Description = "The most transactions in flight at a time; the earliest captured first, and what has begun goes on. What one in flight waits for by order begins all the same.",
        HelpName = "original|N",
        DefaultValueFactory = static _ => "original",
    };

    private readonly Option<int> _clones = new("--clones")
    {
        Description = "How many more sessions play the reads of each session, on connections of their own: transactions that only read, and what the session was given. Writes are played once. Not compared; counted in the certificate.",
        HelpName = "N",
    };

    private readonly Option<string> _cloneShift = new("--clone-shift")
    {
        Description = "How much later than the session the first clone is due, and each further one than the one before.",
        HelpName = "D",
        DefaultValueFactory = static _ => "100ms",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _transactions.AcceptOnlyFromAmong("keep", "autocommit", "rollback");
        _writes.AcceptOnlyFromAmong("keep", "skip");
        command.Add(_concurrency);
        command.Add(_transactions);
        command.Add(_writes);
        command.Add(_statementTimeout);
        command.Add(_clones);
        command.Add(_cloneShift);
    }

    /// <summary>The options with what was given.</summary>
    public RunOptions Read(ParseResult parsed, RunOptions options)
    {
        var timeout = parsed.GetValue(_statementTimeout);
        var read = options with
        {
            Transactions = Enum.Parse<TransactionMode>(parsed.GetRequiredValue(_transactions), ignoreCase: true),
            Concurrency = ParseLimit(parsed.GetRequiredValue(_concurrency), "--concurrency"),
            SkipsWrites = parsed.GetValue(_writes) == "skip",
            Clones = ParseClones(parsed.GetValue(_clones), _clones.Name, parsed.GetRequiredValue(_cloneShift), _cloneShift.Name),
            StatementTimeout = timeout is null ? null : Durations.Parse(timeout, "--statement-timeout"),
        };
        if (read is { Clones: not null, Concurrency: not null })
        {
            throw new CommandException("--concurrency is of the sessions' transactions, and --clones adds others: leave one out");
        }

        return Problem(read.Transactions, read.RetryVictims, read.Selection) is { } problem ? throw new CommandException(problem) : read;
    }

    /// <summary>What of that does not go together, in one line; null if all does.</summary>
    public static string? Problem(TransactionMode transactions, int retryVictims, SelectionOptions selection) =>
        transactions == TransactionMode.Rollback && retryVictims > 0 ? "--retry-victims sends transactions again until they are committed, and --transactions rollback commits none: leave one out"
        : transactions != TransactionMode.Keep && (selection.From is not null || selection.Peak is not null) ? "--transactions autocommit and rollback need what comes before a window as it was committed: leave --from and --peak out"
        : null;

    /// <summary>How reads are amplified; null: not.</summary>
    public static CloneOptions? ParseClones(int count, string name, string shift, string shiftName) => count switch
    {
        0 => null,
        > 0 and <= CloneOptions.MostClones => new CloneOptions(count, Durations.Parse(shift, shiftName)),
        _ => throw new CommandException($"{name} {count}: expected a number from 0 (none) to {CloneOptions.MostClones}"),
    };

    /// <summary>The most transactions in flight, or connections; null: as in production.</summary>
    public static int? ParseLimit(string text, string name) => text == "original" ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 ? limit
        : throw new CommandException($"{name} {text}: expected a number from 1 on, or original");
}
