using Replay.Workload;

namespace Replay.Comparator;

/// <summary>What was kept of one response: columns, rows from the first on, and a hash for each column over all rows.</summary>
internal sealed class KeptResponse
{
    /// <summary>Takes what was kept.</summary>
    /// <param name="engine">Whose protocol it came by.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">The rows; NULL as null.</param>
    /// <param name="count">How many rows the response had.</param>
    /// <param name="columnHashes">As <see cref="Exchange.ColumnHashes"/>; empty if they are not known in normal form.</param>
    public KeptResponse(Engine engine, Column[] columns, List<byte[]?[]> rows, long count, uint[] columnHashes)
    {
        (Columns, Rows, ColumnHashes) = (columns, rows, columnHashes);
        IsWhole = rows.Count == count;
        Forms = [.. columns.Select(column => ColumnForms.Of(engine, column))];
        RowHashes = [.. rows.Select(HashOf)];
    }

    public Column[] Columns { get; }

    public List<byte[]?[]> Rows { get; }

    public uint[] ColumnHashes { get; }

    /// <summary>Whether no row is missing.</summary>
    public bool IsWhole { get; }

    /// <summary>The forms of the columns.</summary>
    public ValueForm[] Forms { get; }

    /// <summary>The rows' hashes in normal form.</summary>
    public uint[] RowHashes { get; }

    /// <summary>The column at a place, or what stands for it where the columns are not known.</summary>
    public Column ColumnAt(int place) => place < Columns.Length ? Columns[place] : new Column($"column {place + 1}", 0, 0, IsBinary: true);

    /// <summary>The hash of a value in normal form; null for NULL.</summary>
    public ulong? HashOf(int row, int column) =>
        Rows[row][column] is { } value ? NormalForm.Hash(column < Forms.Length ? Forms[column] : ValueForm.AsIs, value) : null;

    /// <summary>
    /// Rows that only one side has, those of the old server and those of the new one, in order. Each row counts as often as it is there; their order does not.
    /// </summary>
    public static (List<int> Old, List<int> New) Unmatched(KeptResponse old, KeptResponse @new)
    {
        var there = @new.RowHashes.GroupBy(hash => hash).ToDictionary(group => group.Key, group => group.Count());
        var onlyOld = new List<int>();
        for (var i = 0; i < old.RowHashes.Length; i++)
        {
            if (there.GetValueOrDefault(old.RowHashes[i]) == 0)
            {
                onlyOld.Add(i);
            }
            else
            {
                there[old.RowHashes[i]]--;
            }
        }

        var onlyNew = new List<int>();
        for (var i = @new.RowHashes.Length - 1; i >= 0; i--)
        {
            // What is left of equal rows are the last ones.
            if (there.GetValueOrDefault(@new.RowHashes[i]) > 0)
            {
                there[@new.RowHashes[i]]--;
                onlyNew.Insert(0, i);
            }
        }

        return (onlyOld, onlyNew);
    }

    private uint HashOf(byte[]?[] row)
    {
        var hasher = default(RowHasher);
        hasher.BeginRow();
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] is { } value)
            {
                hasher.AppendValue(value, i < Forms.Length ? Forms[i] : ValueForm.AsIs);
            }
            else
            {
                hasher.AppendNull();
            }
        }

        hasher.EndRow();
        return hasher.NormalSetHash;
    }
}
