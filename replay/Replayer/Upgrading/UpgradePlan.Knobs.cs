using System.Globalization;
using YamlDotNet.Serialization;

namespace Replay.Replayer;

/// <content>What is played otherwise than it was captured: keys that all runs get as options of <c>run</c>.</content>
public sealed partial record UpgradePlan
{
    private const string DefaultCloneShift = "100ms";

    /// <summary>As <c>run --concurrency</c>.</summary>
    public string Concurrency { get; set; } = "original";

    /// <summary>As <c>run --connections</c>.</summary>
    public string Connections { get; set; } = "original";

    /// <summary>As <c>run --clones</c>.</summary>
    public int Clones { get; set; }

    /// <summary>As <c>run --clone-shift</c>.</summary>
    public string CloneShift { get; set; } = DefaultCloneShift;

    /// <summary>As <c>run --transactions</c>.</summary>
    public string Transactions { get; set; } = "keep";

    /// <summary>As <c>run --writes</c>.</summary>
    public string Writes { get; set; } = "keep";

    /// <summary>As <c>run --statement-timeout</c>.</summary>
    public string? StatementTimeout { get; set; }

    /// <summary>What becomes of transactions; a <see cref="CommandException"/> if the key cannot be understood.</summary>
    [YamlIgnore]
    public TransactionMode TransactionMode => Transactions switch
    {
        "keep" => TransactionMode.Keep,
        "autocommit" => TransactionMode.Autocommit,
        "rollback" => TransactionMode.Rollback,
        _ => throw new CommandException($"'transactions' is '{Transactions}'; it must be keep, autocommit or rollback"),
    };

    /// <summary>Those that are not as they are by themselves, as options of <c>run</c>.</summary>
    public IReadOnlyList<string> KnobArguments()
    {
        List<string> arguments = [];
        Add("--concurrency", Concurrency == "original" ? null : Concurrency);
        Add("--connections", Connections == "original" ? null : Connections);
        Add("--clones", Clones == 0 ? null : Clones.ToString(CultureInfo.InvariantCulture));
        Add("--clone-shift", CloneShift == DefaultCloneShift ? null : CloneShift);
        Add("--transactions", Transactions == "keep" ? null : Transactions);
        Add("--writes", Writes == "keep" ? null : Writes);
        Add("--statement-timeout", StatementTimeout);
        return arguments;

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange([option, value]);
            }
        }
    }

    private string? KnobProblem()
    {
        try
        {
            var concurrency = KnobOptions.ParseLimit(Concurrency, "'concurrency'");
            var connections = KnobOptions.ParseLimit(Connections, "'connections'");
            var clones = KnobOptions.ParseClones(Clones, "'clones'", CloneShift, "'clone_shift'");
            if ((concurrency, connections, clones) switch
            {
                (not null, not null, _) => "'connections' bounds the transactions in flight too: leave 'concurrency' out",
                (_, not null, not null) => "'clones' have connections of their own, which 'connections' would take away: leave one out",
                (not null, _, not null) => "'concurrency' is of the sessions' transactions, and 'clones' adds others: leave one out",
                (_, _, null) when CloneShift != DefaultCloneShift => "'clone_shift' is of 'clones', and there are none: leave it out",
                _ => null,
            } is { } together)
            {
                return together;
            }

            if (StatementTimeout is not null)
            {
                Durations.Parse(StatementTimeout, "'statement_timeout'");
            }

            return Writes is not ("keep" or "skip") ? $"'writes' is '{Writes}'; it must be keep or skip" : KnobOptions.Problem(TransactionMode, RetryVictims, Selection);
        }
        catch (CommandException e)
        {
            return e.Message;
        }
    }

    // A snapshot is restored by its own names.
    private string? MapProblem()
    {
        try
        {
            return Restore && Baseline.Names.Databases.Count + Candidate.Names.Databases.Count > 0
                ? "'map_database' is for data that are there already: the snapshot is restored by its own names; leave it out, or say 'restore: false'"
                : null;
        }
        catch (CommandException e)
        {
            return e.Message;
        }
    }
}
