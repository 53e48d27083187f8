using System.Runtime.InteropServices;
using System.Text;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// Reads what the sides answered to one exchange, as far as it was kept: a run keeps the values of responses that differ from production's, the workload keeps production's.
/// </summary>
/// <param name="input">Runs and workload.</param>
/// <param name="examples">Counts what is read.</param>
/// <param name="showValues">Whether values may be shown; if not, only the names of columns are.</param>
internal sealed class ExemplarReader(ComparisonInput input, ExampleReader examples, bool showValues)
{
    /// <summary>Values longer than this are cut in reports.</summary>
    public const int MostCharacters = 200;

    /// <summary>Columns that one exemplar names.</summary>
    public const int MostColumns = 20;

    /// <summary>Whether the runs' hashes tell other values from other forms. If not, exemplars have to.</summary>
    public bool HasNormalHashes => input.HasNormalHashes;

    private Engine Engine => input.Runs[0].Manifest.Engine;

    private readonly RunOutcome[] _outcome = new RunOutcome[1];

    /// <summary>The exemplar at a position; null if there are enough of them already.</summary>
    /// <param name="position">The exchange.</param>
    /// <param name="sql">Its shape's statement.</param>
    public ResultExemplar? Find(long position, string sql)
    {
        if (examples.Find(position, null) is not { } example)
        {
            return null;
        }

        using var cursor = input.Workload.Read(position);
        cursor.MoveNext();
        var exchange = cursor.Current;
        var captured = CapturedOutcome.Of(exchange, input.Codes);
        var hashes = (exchange.Flags & ExchangeFlags.NormalHashed) != 0 ? exchange.ColumnHashes.ToArray() : [];
        var production = new KeptResponse(Engine, ColumnList.Decode(exchange.Columns), RowValues.Decode(exchange.Values), (exchange.Flags & ExchangeFlags.AllValues) != 0 ? exchange.Rows : -1, hashes);
        var (baseline, old) = Of(input.Runs[0], position, captured, production);
        var (candidate, @new) = Of(input.Runs[input.BaselineRuns], position, captured, production);
        var columns = old is null || @new is null ? [] : Differences(old, @new);
        var isTie = old is null || @new is null ? null : LimitTie.IsTie(sql, old, @new);
        return new ResultExemplar(example, columns, RowsOf(baseline.Rows, baseline.Affected), RowsOf(candidate.Rows, candidate.Affected), RowsOf(captured.Rows, captured.Affected)) { IsLimitTie = isTie };
    }

    private static long? RowsOf(uint rows, uint affected) => rows != RunOutcome.NoCount ? rows : affected != RunOutcome.NoCount ? affected : null;

    private (RunOutcome Outcome, KeptResponse? Response) Of(ComparedRun run, long position, in CapturedOutcome captured, KeptResponse production)
    {
        run.Read(position, _outcome);
        var outcome = _outcome[0];
        if ((outcome.Flags & RunFlags.HasValues) != 0 && run.TryReadValues(position, out var values))
        {
            var columns = ColumnList.Decode(values.Columns.Span, out var hashes);
            return (outcome, new KeptResponse(Engine, columns, RowValues.Decode(values.Values.Span), outcome.Rows, MemoryMarshal.Cast<byte, uint>(hashes).ToArray()));
        }

        // What is not kept in the run is production's answer, if the hashes say so.
        var isProduction = captured.HasRowsOf(outcome) == true && outcome.Rows == captured.Rows;
        return (outcome, isProduction && production.Rows.Count > 0 ? production : null);
    }

    /// <summary>The columns that differ, each with the first kept row in which it does; if no kept row does, by the columns' hashes.</summary>
    private List<ColumnDifference> Differences(KeptResponse old, KeptResponse @new)
    {
        var (onlyOld, onlyNew) = KeptResponse.Unmatched(old, @new);
        var pairs = onlyOld.Zip(onlyNew);
        if (onlyOld.Count + onlyNew.Count == 0)
        {
            // Equal rows: they were written in another way, or the other ones were not kept.
            pairs = Enumerable.Range(0, Math.Min(old.Rows.Count, @new.Rows.Count)).Where(row => old.RowHashes[row] == @new.RowHashes[row]).Select(row => (row, row));
        }

        var found = new List<ColumnDifference>();
        foreach (var (before, after) in pairs)
        {
            AddDifferences(found, old, before, @new, after);
            if (found.Count >= MostColumns)
            {
                return found;
            }
        }

        if (found.All(one => one.Difference.IsFormat()) && old.ColumnHashes.Length == @new.ColumnHashes.Length)
        {
            AddHashed(found, old, @new);
        }

        return found;
    }

    private void AddDifferences(List<ColumnDifference> found, KeptResponse old, int before, KeptResponse @new, int after)
    {
        byte[]?[] x = old.Rows[before], y = @new.Rows[after];
        for (var i = 0; i < Math.Min(x.Length, y.Length) && found.Count < MostColumns; i++)
        {
            var column = old.ColumnAt(i);
            var difference = ValueComparer.Compare(Engine, column, i < @new.Columns.Length ? @new.Columns[i] : column, x[i], y[i]);
            if (difference != ValueDifference.None && found.All(one => one.Column != column.Name))
            {
                found.Add(new ColumnDifference(column.Name, after + 1, difference, Shown(column, x[i]), Shown(column, y[i])));
            }
        }
    }

    private static void AddHashed(List<ColumnDifference> found, KeptResponse old, KeptResponse @new)
    {
        for (var i = 0; i < old.ColumnHashes.Length && found.Count < MostColumns; i++)
        {
            if (old.ColumnHashes[i] != @new.ColumnHashes[i])
            {
                found.RemoveAll(one => one.Column == old.ColumnAt(i).Name);
                found.Add(new ColumnDifference(old.ColumnAt(i).Name, ColumnDifference.UnknownRow, ValueDifference.Value, null, null));
            }
        }
    }

    private string? Shown(in Column column, byte[]? value) => value is null || !showValues ? null
        : Sentences.Short(column.IsBinary ? $"0x{Convert.ToHexString(value)}" : Encoding.UTF8.GetString(value), MostCharacters);
}
