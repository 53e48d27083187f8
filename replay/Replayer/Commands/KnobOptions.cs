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

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _transactions.AcceptOnlyFromAmong("keep", "autocommit", "rollback");
        _writes.AcceptOnlyFromAmong("keep", "skip");
        command.Add(_concurrency);
        command.Add(_transactions);
        command.Add(_writes);
        command.Add(_statementTimeout);
    }

    /// <summary>The options with what was given.</summary>
    public RunOptions Read(ParseResult parsed, RunOptions options)
    {
        var timeout = parsed.GetValue(_statementTimeout);
        var read = options with
        {
            Transactions = Enum.Parse<TransactionMode>(parsed.GetRequiredValue(_transactions), ignoreCase: true),
            Concurrency = ReadConcurrency(parsed.GetRequiredValue(_concurrency)),
            SkipsWrites = parsed.GetValue(_writes) == "skip",
            StatementTimeout = timeout is null ? null : Durations.Parse(timeout, "--statement-timeout"),
        };
        if (read is { Transactions: TransactionMode.Rollback, RetryVictims: > 0 })
        {
            throw new CommandException("--retry-victims sends transactions again until they are committed, and --transactions rollback commits none: leave one out");
        }

        return read is { Transactions: not TransactionMode.Keep, Selection: { From: not null } or { Peak: not null } }
            ? throw new CommandException("--transactions autocommit and rollback need what comes before a window as it was committed: leave --from and --peak out")
            : read;
    }

    private static int? ReadConcurrency(string text) => text == "original" ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 ? limit
        : throw new CommandException($"--concurrency {text}: expected a number from 1 on, or original");
}
