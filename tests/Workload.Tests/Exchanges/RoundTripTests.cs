using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class RoundTripTests
{
    public static TheoryData<int, int, int> Cases => new()
    {
        { 1, 3000, 65_536 },
        { 2, 3000, 1 },
        { 3, 3000, 7 },
        { 4, 3000, 1000 },
        { 5, 20_000, 65_536 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_field_at_its_extremes_is_read_as_it_was_written(int seed, int count, int blockExchanges)
    {
        using var folder = new TempFolder();
        var wild = new WildExchanges(seed);
        var expected = Enumerable.Range(0, count).Select(_ => wild.Next()).ToList();
        Write(folder.File("w"), expected, new WorkloadWriterOptions { BlockExchanges = blockExchanges, SegmentBytes = 200_000 });

        using var reader = WorkloadReader.Open(folder.File("w"));
        AssertHolds(reader, expected, 0, $"seed {seed}");
        Assert.Null(reader.TornTail);
        Assert.True(reader.Manifest.Contents.Segments > 1);
    }

    [Fact]
    public void A_full_table_of_texts_loses_nothing()
    {
        using var folder = new TempFolder();
        var wild = new WildExchanges(11);
        var expected = Enumerable.Range(0, 3000).Select(_ => wild.Next()).ToList();
        Write(folder.File("w"), expected, new WorkloadWriterOptions { MaxInternedTexts = 5, BlockExchanges = 500 });

        using var reader = WorkloadReader.Open(folder.File("w"));
        AssertHolds(reader, expected, 0, "5 texts");
        Assert.Equal(5, reader.Manifest.Contents.InternedTexts);
    }

    [Fact]
    public void Reading_can_begin_at_any_position()
    {
        using var folder = new TempFolder();
        var wild = new WildExchanges(12);
        var expected = Enumerable.Range(0, 200).Select(_ => wild.Next()).ToList();
        Write(folder.File("w"), expected, new WorkloadWriterOptions { BlockExchanges = 17 });

        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(12, reader.Blocks.Count);
        for (var from = 0; from <= expected.Count + 1; from++)
        {
            AssertHolds(reader, expected, from, $"from {from}");
        }
    }

    [Fact]
    public void A_request_of_many_megabytes_makes_a_block_of_its_own()
    {
        using var folder = new TempFolder();
        var data = new byte[40 << 20];
        new Random(13).NextBytes(data);
        var expected = new List<ExchangeCopy> { new(), new() { Request = data, Ordinal = 1 }, new() { Ordinal = 2 } };
        Write(folder.File("w"), expected);

        using var reader = WorkloadReader.Open(folder.File("w"));
        AssertHolds(reader, expected, 0, "40 MiB");
        Assert.Equal(2, reader.Blocks.Count);
    }

    [Fact]
    public void A_text_that_the_request_does_not_hold_where_it_is_said_to_be_is_kept_apart()
    {
        using var folder = new TempFolder();
        var expected = new List<ExchangeCopy>
        {
            new() { Request = "Q...select 1"u8.ToArray(), Text = "select 2"u8.ToArray(), TextOffset = 4 },
            new() { Ordinal = 1, Request = "Q...sel"u8.ToArray(), Text = "select 2"u8.ToArray(), TextOffset = 4 },
        };
        Write(folder.File("w"), expected);

        using var reader = WorkloadReader.Open(folder.File("w"));
        AssertHolds(reader, expected, 0, "elsewhere");
    }

    [Fact]
    public void Without_requests_all_else_is_the_same()
    {
        using var folder = new TempFolder();
        var wild = new WildExchanges(14);
        var expected = Enumerable.Range(0, 3000).Select(_ => wild.Next()).ToList();
        Write(folder.File("w"), expected, new WorkloadWriterOptions { BlockExchanges = 400 });

        using var reader = WorkloadReader.Open(folder.File("w"));
        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        foreach (var exchange in expected)
        {
            Assert.True(cursor.MoveNext());
            var without = exchange with { Request = [], Text = [], ColumnHashes = [], ErrorMessage = [], StatementHandle = -1 };
            ExchangeCopy.AssertSame(without, cursor.Current, $"position {cursor.Position}");
        }
    }

    [Fact]
    public void Hashes_in_normal_form_follow_from_a_single_row_or_are_stored()
    {
        using var folder = new TempFolder();
        var columns = new System.Buffers.ArrayBufferWriter<byte>();
        ColumnList.Begin(columns, 1);
        ColumnList.AppendColumn(columns, "v"u8, 1700, -1, isBinary: false);
        var values = new System.Buffers.ArrayBufferWriter<byte>();
        RowValues.BeginRow(values, 1);
        RowValues.AppendValue(values, "1.50"u8);
        var hasher = default(RowHasher);
        hasher.Reset();
        hasher.BeginRow();
        hasher.AppendValue("1.50"u8, ValueForm.Exact);
        hasher.EndRow();
        var follows = ExchangeCopy.Of(Exchange.Empty) with
        {
            Session = 1,
            Command = Command.Query,
            Rows = 1,
            Columns = columns.WrittenSpan.ToArray(),
            Values = values.WrittenSpan.ToArray(),
            SetHash = hasher.SetHash,
            SequenceHash = hasher.SequenceHash,
            NormalSetHash = hasher.NormalSetHash,
            NormalSequenceHash = hasher.NormalSequenceHash,
            Flags = ExchangeFlags.Complete | ExchangeFlags.Hashed | ExchangeFlags.AllValues | ExchangeFlags.NormalHashed | ExchangeFlags.OtherForm,
        };

        // The row of a second result set: the columns that are kept are not its own.
        List<ExchangeCopy> all = [follows, follows with { Ordinal = 1, NormalSetHash = 77, NormalSequenceHash = 78 }, follows with { Ordinal = 2, Rows = 2, SequenceHash = 5 }];
        Write(folder.File("w"), all);
        using var reader = WorkloadReader.Open(folder.File("w"));
        AssertHolds(reader, all, 0, "normal forms");
    }

    private static void AssertHolds(WorkloadReader reader, List<ExchangeCopy> expected, int from, string where)
    {
        Assert.Equal(expected.Count, reader.ExchangeCount);
        using var cursor = reader.Read(from);
        var position = from;
        for (; cursor.MoveNext(); position++)
        {
            Assert.Equal(position, cursor.Position);
            ExchangeCopy.AssertSame(expected[position], cursor.Current, $"{where}, position {position}");
        }

        Assert.Equal(Math.Max(from, expected.Count), position);
    }

    private static void Write(string folder, List<ExchangeCopy> exchanges, WorkloadWriterOptions? options = null)
    {
        using var writer = WorkloadWriter.Create(folder, new WorkloadManifest(), options);
        for (var i = 0; i < exchanges.Count; i++)
        {
            Assert.Equal(i, writer.WriteExchange(exchanges[i].ToExchange()));
        }

        writer.Complete(new WorkloadManifest());
    }
}
