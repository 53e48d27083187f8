using System.Buffers;
using System.Text;
using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class RowHasherTests
{
    [Fact]
    public void The_order_of_rows_shows_in_the_sequence_hash_alone()
    {
        var one = Hash([["1", "a"], ["2", "b"], ["3", null]]);
        var other = Hash([["3", null], ["1", "a"], ["2", "b"]]);
        Assert.Equal(one.SetHash, other.SetHash);
        Assert.NotEqual(one.SequenceHash, other.SequenceHash);
        Assert.Equal(one.Columns, other.Columns);
    }

    [Fact]
    public void A_row_that_comes_twice_is_not_a_row_that_comes_not_at_all()
    {
        Assert.NotEqual(Hash([["1"], ["1"]]).SetHash, Hash([]).SetHash);
        Assert.NotEqual(Hash([["1"], ["1"], ["2"]]).SetHash, Hash([["2"]]).SetHash);
    }

    [Theory]
    [InlineData("a|b", "ab|")]
    [InlineData("a|b", "a|b|")]
    [InlineData("|", "")]
    [InlineData("<null>|x", "|x")]
    [InlineData("<null>", "")]
    [InlineData("x|<null>", "x")]
    public void Where_one_value_ends_and_the_next_begins_counts(string left, string right)
    {
        Assert.NotEqual(Hash([Split(left)]).SetHash, Hash([Split(right)]).SetHash);
    }

    [Fact]
    public void A_column_that_differs_is_the_only_one_whose_hash_does()
    {
        var one = Hash([["1", "a", "x"], ["2", "b", "y"]]);
        var other = Hash([["1", "a", "x"], ["2", "c", "y"]]);
        Assert.Equal([true, false, true], one.Columns.Zip(other.Columns, (a, b) => a == b));
    }

    [Fact]
    public void Reset_leaves_nothing_of_the_response_before()
    {
        var hasher = default(RowHasher);
        Feed(ref hasher, [["1", "2", "3"], ["4", "5", "6"]]);
        hasher.Reset();
        Assert.Equal((0UL, 0UL, 0L, 0), (hasher.SetHash, hasher.SequenceHash, hasher.Rows, hasher.ColumnHashes.Length));
        Feed(ref hasher, [["7"], ["8"]]);
        Assert.Equal(Hash([["7"], ["8"]]).Columns, hasher.ColumnHashes.ToArray());
        Assert.Equal(Hash([["7"], ["8"]]).SequenceHash, hasher.SequenceHash);
    }

    [Fact]
    public void Columns_beyond_the_bound_count_in_the_row_alone()
    {
        var row = Enumerable.Range(0, RowHasher.MaxColumns + 5).Select(i => (string?)$"{i}").ToArray();
        var other = row.ToArray();
        other[^1] = "changed";
        Assert.Equal(RowHasher.MaxColumns, Hash([row]).Columns.Length);
        Assert.NotEqual(Hash([row]).SetHash, Hash([other]).SetHash);
    }

    [Fact]
    public void The_hash_of_a_single_row_follows_from_its_kept_values()
    {
        var writer = new ArrayBufferWriter<byte>();
        RowValues.BeginRow(writer, 3);
        RowValues.AppendValue(writer, "abc"u8);
        RowValues.AppendNull(writer);
        RowValues.AppendValue(writer, []);
        Assert.True(RowHasher.TryHashSingleRow(writer.WrittenSpan, out var hash));
        var row = Hash([["abc", null, ""]]);
        Assert.Equal((row.SetHash, row.SequenceHash), (hash, RowHasher.ChainRow(0, hash)));

        Assert.False(RowHasher.TryHashSingleRow(writer.WrittenSpan[..^1], out _));
        RowValues.BeginRow(writer, 0);
        Assert.False(RowHasher.TryHashSingleRow(writer.WrittenSpan, out _));
    }

    [Fact]
    public void Hashing_allocates_nothing_once_the_columns_are_known()
    {
        var hasher = default(RowHasher);
        byte[] value = [1, 2, 3];
        Assert.Equal(0, Allocations.Least(1000, _ => Round(ref hasher, value)));
    }

    private static void Round(ref RowHasher hasher, byte[] value)
    {
        hasher.Reset();
        for (var row = 0; row < 3; row++)
        {
            hasher.BeginRow();
            for (var column = 0; column < 20; column++)
            {
                hasher.AppendValue(value);
            }

            hasher.EndRow();
        }
    }

    private static string?[] Split(string row) => [.. row.Split('|').Select(v => v == "<null>" ? null : v)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Hashes_in_normal_form_are_those_of_normal_values_wherever_the_first_other_one_is(int first)
    {
        string?[][] Rows(string other) => [.. Enumerable.Range(0, 5).Select(i => new string?[] { $"{i}", i == first || i == 3 ? other : "1.5", null })];
        var mixed = InForms(Rows("1.50"));
        var normal = InForms(Rows("1.5"));
        Assert.Equal((true, false), (mixed.HasOtherForm, normal.HasOtherForm));
        Assert.Equal(((uint)normal.SetHash, (uint)normal.SequenceHash), (normal.NormalSetHash, normal.NormalSequenceHash));
        Assert.Equal((normal.NormalSetHash, normal.NormalSequenceHash), (mixed.NormalSetHash, mixed.NormalSequenceHash));
        Assert.Equal(normal.ColumnHashes.ToArray(), mixed.ColumnHashes.ToArray());
        Assert.NotEqual(normal.SetHash, mixed.SetHash);
        Assert.Equal(Hash(Rows("1.50")).SetHash, mixed.SetHash);
        Assert.NotEqual(normal.NormalSetHash, InForms(Rows("1.51")).NormalSetHash);
    }

    private static RowHasher InForms(string?[][] rows)
    {
        var hasher = default(RowHasher);
        hasher.Reset();
        foreach (var row in rows)
        {
            hasher.BeginRow();
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i] is { } value)
                {
                    hasher.AppendValue(Encoding.UTF8.GetBytes(value), i == 1 ? ValueForm.Exact : ValueForm.AsIs);
                }
                else
                {
                    hasher.AppendNull();
                }
            }

            hasher.EndRow();
        }

        return hasher;
    }

    private static (ulong SetHash, ulong SequenceHash, uint[] Columns) Hash(string?[][] rows)
    {
        var hasher = default(RowHasher);
        Feed(ref hasher, rows);
        return (hasher.SetHash, hasher.SequenceHash, hasher.ColumnHashes.ToArray());
    }

    private static void Feed(ref RowHasher hasher, string?[][] rows)
    {
        foreach (var row in rows)
        {
            hasher.BeginRow();
            foreach (var value in row)
            {
                if (value is null)
                {
                    hasher.AppendNull();
                }
                else
                {
                    hasher.AppendValue(Encoding.UTF8.GetBytes(value));
                }
            }

            hasher.EndRow();
        }
    }
}
