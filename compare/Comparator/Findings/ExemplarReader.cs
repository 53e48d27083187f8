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

    private readonly RunOutcome[] _outcome = new RunOutcome[1];

    /// <summary>The exemplar at a position; null if there are enough of them already.</summary>
    public ResultExemplar? Find(long position)
    {
        if (examples.Find(position, null) is not { } example)
        {
            return null;
        }

        using var cursor = input.Workload.Read(position);
        cursor.MoveNext();
        var exchange = cursor.Current;
        var captured = CapturedOutcome.Of(exchange, input.Codes);
        var production = new Response(ColumnList.Decode(exchange.Columns), RowValues.Decode(exchange.Values));
        var (baseline, old) = Of(input.Runs[0], position, captured, production);
        var (candidate, @new) = Of(input.Runs[input.BaselineRuns], position, captured, production);
        var columns = old is null || @new is null ? [] : Differences(old, @new);
        return new ResultExemplar(example, columns, RowsOf(baseline.Rows, baseline.Affected), RowsOf(candidate.Rows, candidate.Affected), RowsOf(captured.Rows, captured.Affected));
    }

    private static long? RowsOf(uint rows, uint affected) => rows != RunOutcome.NoCount ? rows : affected != RunOutcome.NoCount ? affected : null;

    private (RunOutcome Outcome, Response? Response) Of(ComparedRun run, long position, in CapturedOutcome captured, Response production)
    {
        run.Read(position, _outcome);
        var outcome = _outcome[0];
        if ((outcome.Flags & RunFlags.HasValues) != 0 && run.TryReadValues(position, out var values))
        {
            return (outcome, new Response(ColumnList.Decode(values.Columns.Span), RowValues.Decode(values.Values.Span)));
        }

        // What is not kept in the run is production's answer, if the hashes say so.
        var isProduction = captured.HasRowsOf(outcome) == true && outcome.Rows == captured.Rows;
        return (outcome, isProduction && production.Rows.Count > 0 ? production : null);
    }

    private List<ColumnDifference> Differences(Response old, Response @new)
    {
        var found = new List<ColumnDifference>();
        for (var row = 0; row < Math.Min(old.Rows.Count, @new.Rows.Count) && found.Count < MostColumns; row++)
        {
            byte[]?[] x = old.Rows[row], y = @new.Rows[row];
            for (var i = 0; i < Math.Min(x.Length, y.Length) && found.Count < MostColumns; i++)
            {
                var column = i < old.Columns.Length ? old.Columns[i] : new Column($"column {i + 1}", 0, 0, IsBinary: true);
                var difference = ValueComparer.Compare(input.Runs[0].Manifest.Engine, column, i < @new.Columns.Length ? @new.Columns[i] : column, x[i], y[i]);
                if (difference != ValueDifference.None && found.All(one => one.Column != column.Name))
                {
                    found.Add(new ColumnDifference(column.Name, row + 1, difference, Shown(column, x[i]), Shown(column, y[i])));
                }
            }
        }

        return found;
    }

    private string? Shown(in Column column, byte[]? value) => value is null || !showValues ? null
        : Sentences.Short(column.IsBinary ? $"0x{Convert.ToHexString(value)}" : Encoding.UTF8.GetString(value), MostCharacters);

    private sealed record Response(Column[] Columns, List<byte[]?[]> Rows);
}
