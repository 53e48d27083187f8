using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Asks the restored target, before anything is replayed, which of the transactions that were committing at the cut it has.</summary>
public static class CutProbe
{
    /// <summary>The most transactions that are asked for at a time.</summary>
    public const int MaxTransactions = 10_000;

    /// <summary>The plan of a workload's cut, after asking for what its evidence leaves open. A <see cref="CommandException"/> if the target cannot be reached.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="target">The target.</param>
    /// <param name="mayAsk">Whether the target's data are as restored; if they have moved on since, it is not asked.</param>
    /// <param name="binaryLog">MySQL: files of the captured server's binary log of that time; empty: none.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static async Task<CutPlan> PlanAsync(WorkloadReader reader, TargetUrl target, bool mayAsk, IReadOnlyList<string> binaryLog, CancellationToken cancellation)
    {
        var traits = ShapeFacts.Of(reader.Shapes);
        if (reader.Manifest.Snapshot is not { CutLatestMicroseconds: > 0 } snapshot)
        {
            return CutPlan.Everything(reader.Blocks.Count == 0 ? 0 : reader.Blocks[0].EarliestStartFromHereMicroseconds);
        }

        var cuts = new SnapshotCuts(snapshot);
        var plan = CutPlanner.Plan(reader, cuts, traits);
        var told = new Dictionary<long, bool>();
        var log = mayAsk && plan.Ambiguous.Count > 0 ? await LogAsync(reader, target, binaryLog, cuts, cancellation) : null;
        var (logged, probed) = (0L, 0L);
        while (mayAsk && plan.Ambiguous.Count > 0)
        {
            // What is certain of some narrows the cut down for all others; only what then is still open goes by what is likely.
            var inLog = plan.Ambiguous.Select(t => (Transaction: t, IsInside: log?.IsInside(t.Position))).Where(static t => t.IsInside is not null).Select(static t => (t.Transaction, t.IsInside!.Value, IsCertain: true)).ToList();
            var answers = inLog.Count > 0 ? inLog : await AskAsync(reader, target, plan.Ambiguous, cuts, log, cancellation);
            foreach (var (transaction, isInside, isCertain) in answers)
            {
                told[transaction.Position] = isInside;
                if (isCertain)
                {
                    cuts.Narrow(
                        reader.Sessions.Find(transaction.Session)!,
                        isInside ? transaction.RequestedAtMicroseconds : long.MinValue,
                        isInside ? long.MaxValue : transaction.EndedAtMicroseconds);
                }
            }

            // Those that were too many to be asked for come into the plan as others are told.
            if (answers.Count == 0)
            {
                break;
            }

            var open = plan.AmbiguousTransactions;
            plan = CutPlanner.Plan(reader, cuts, traits, told);
            logged += inLog.Count > 0 ? open - plan.AmbiguousTransactions : 0;
            probed += inLog.Count > 0 ? 0 : open - plan.AmbiguousTransactions;
        }

        plan.ProbedTransactions = probed;
        plan.LoggedTransactions = logged;
        plan.Hint = mayAsk && TellsVisibility(snapshot) ? Hint(snapshot.BinlogPosition, binaryLog, log) : null;
        return plan;
    }

    private static string? Hint(string? position, IReadOnlyList<string> files, CutLog? log) =>
        files.Count == 0 ? $"the server's binary log may tell it: --binary-log, with the files of that time{(position is null ? "" : $"; the snapshot is at {position}")}"
        : position is not null && log is { HasPosition: false } ? $"the snapshot is at {position} of the binary log, and no file of --binary-log is called so"
        : null;

    // Whether the server's transactions become visible in the order of its log.
    private static bool TellsVisibility(SnapshotInfo snapshot) =>
        snapshot.Engine == Engine.MySql && (snapshot.CommitsInLogOrder ?? ServerVersion.Of(Engine.MySql, snapshot.ServerVersion).IsMariaDb);

    // Null: there is none, or it does not tell what was visible when.
    private static async Task<CutLog?> LogAsync(WorkloadReader reader, TargetUrl target, IReadOnlyList<string> files, SnapshotCuts cuts, CancellationToken cancellation) =>
        files.Count == 0 || !TellsVisibility(reader.Manifest.Snapshot!) ? null : CutLog.Read(
            new OrderInput
            {
                Reader = reader,
                Engine = target.Engine,
                Catalogs = await CatalogReader.ReadAsync(target, [], cancellation),
                IsPlayed = static s => s.Purpose == SessionPurpose.Client,
                BinaryLog = files,
            },
            cuts.Whole);

    private static async Task<List<(AmbiguousTransaction Transaction, bool IsInside, bool IsCertain)>> AskAsync(
        WorkloadReader reader, TargetUrl target, IReadOnlyList<AmbiguousTransaction> transactions, SnapshotCuts cuts, CutLog? log, CancellationToken cancellation)
    {
        var answers = new List<(AmbiguousTransaction, bool, bool)>();
        foreach (var group in transactions.GroupBy(t => Database(reader, target, t.Session), StringComparer.Ordinal))
        {
            var catalogs = await CatalogReader.ReadAsync(target, [group.Key], cancellation);
            if (catalogs.Values.FirstOrDefault() is not { } catalog)
            {
                continue; // the target has no such database: its sessions fail all the same
            }

            var index = new CatalogIndex(catalog);
            var input = new OrderInput
            {
                Reader = reader,
                Engine = target.Engine,
                Catalogs = catalogs,
                DefaultDatabase = group.Key,
                IsPlayed = s => s.Purpose == SessionPurpose.Client && (target.Engine != Engine.PostgreSql || Database(reader, target, s.Number) == group.Key),
            };
            var window = CutWindow.Read(input, [.. group], cuts);
            await using var control = await TargetControl.OpenAsync(target, group.Key, cancellation);
            await AskAsync([.. group.OrderBy(t => t.EndedAtMicroseconds)], answers, log, t => AskAsync(control, index, window, t.Writes.Select(p => Example(reader, p, group.Key)).OfType<StatementExample>()));
        }

        return answers;
    }

    // From the middle on: a certain answer tells of most of the others too, by their times or by the log, so that they are not asked for.
    private static async Task AskAsync(
        List<AmbiguousTransaction> open, List<(AmbiguousTransaction Transaction, bool IsInside, bool IsCertain)> answers, CutLog? log, Func<AmbiguousTransaction, Task<(bool IsInside, bool IsCertain)?>> ask)
    {
        while (open.Count > 0)
        {
            var transaction = open[open.Count / 2];
            open.RemoveAt(open.Count / 2);
            if (await ask(transaction) is not var (isInside, isCertain))
            {
                continue;
            }

            answers.Add((transaction, isInside, isCertain));
            if (isCertain)
            {
                log?.Learn(transaction.Position, isInside);
                open.RemoveAll(t => log?.IsInside(t.Position) is not null
                    || (isInside ? t.EndedAtMicroseconds < transaction.RequestedAtMicroseconds : t.RequestedAtMicroseconds > transaction.EndedAtMicroseconds));
            }
        }
    }

    // A certain answer if any statement has one, else the first.
    private static async Task<(bool IsInside, bool IsCertain)?> AskAsync(TargetControl control, CatalogIndex catalog, CutWindow window, IEnumerable<StatementExample> examples)
    {
        (bool, bool)? likely = null;
        foreach (var example in examples)
        {
            if (Question(catalog, window, example, control.Url.Names) is not { } question || (likely is not null && !question.IsCertain))
            {
                continue;
            }

            // A value that the type does not take, say: then this does not tell either.
            var answer = await control.TryAsync(question.Sql);
            if (!answer.Succeeded || !long.TryParse(answer.Scalar, CultureInfo.InvariantCulture, out var rows) || (rows > 0 ? question.IfAny : question.IfNone) is not { } isInside)
            {
                continue;
            }

            if (question.IsCertain)
            {
                return (isInside, true);
            }

            likely = (isInside, false);
        }

        return likely;
    }

    private static CutQuestion? Question(CatalogIndex catalog, CutWindow window, StatementExample example, TargetNames names)
    {
        var question = CutQuestion.Of(catalog, example.Sql, example.Parameters, example.Database, names);
        question = question?.Adds is { } table && window.MayGo(example.Position, table) ? question.WhereRowsGo()
            : question?.Takes is { } from && window.HasCome(example.Position, from) ? question.WhereRowsCome()
            : question;
        return question is not null && window.MayBeUndone(example.Position) ? question with { IsCertain = false } : question;
    }

    private static string Database(WorkloadReader reader, TargetUrl target, int session) =>
        reader.Sessions.Find(session)?.Database is { Length: > 0 } name ? name : target.Database ?? "";

    // A statement that failed has left nothing; one that changed no row would not show.
    private static StatementExample? Example(WorkloadReader reader, long position, string database)
    {
        using var cursor = reader.Read(position);
        if (!cursor.MoveNext() || cursor.Current is not { Failed: false, Affected: not 0 } exchange || (uint)exchange.Shape >= (uint)reader.Shapes.Count)
        {
            return null;
        }

        return StatementExample.From(position, in exchange, reader.Shapes[exchange.Shape], database, user: null);
    }
}
