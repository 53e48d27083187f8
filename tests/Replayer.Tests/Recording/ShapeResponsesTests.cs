using System.Buffers;
using System.Text.Json;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class ShapeResponsesTests
{
    [Fact]
    public void ColumnsAndWarningsAreSummedUpByShape()
    {
        using var folder = new TempFolder("responses");
        using var writer = WorkloadWriter.Create(folder.File("w.workload"), new WorkloadManifest());
        var shapes = Enumerable.Range(0, 3).Select(i => writer.AddShape(Engine.MySql, 7, (ulong)i + 1, "select"u8, "read")).ToArray();
        writer.Complete(new WorkloadManifest());
        using var workload = WorkloadReader.Open(folder.File("w.workload"));
        var responses = new ShapeResponses(3);
        Parallel.For(0, 100, i => Add(responses, shapes[0], i % 4 == 0 ? 2 : 0, i % 10 == 0 ? "other" : "id"));
        Add(responses, shapes[1], 0, null);
        Add(responses, -1, 5, "id");
        for (var i = 0; i < 10; i++)
        {
            Add(responses, shapes[2], 0, $"c{i}");
        }

        using var document = JsonDocument.Parse(responses.Write(workload));
        var written = document.RootElement.GetProperty("shapes");
        Assert.Equal(2, written.GetArrayLength()); // neither columns nor warnings: nothing to tell
        var first = written[0];
        Assert.Equal((100, 50, 25), (first.GetProperty("exchanges").GetInt64(), first.GetProperty("warnings").GetInt64(), first.GetProperty("with_warnings").GetInt64()));
        Assert.Equal(["id 90", "other 10"], first.GetProperty("columns").EnumerateArray().Select(list => $"{list.GetProperty("list")[0].GetProperty("name").GetString()} {list.GetProperty("count").GetInt64()}").Order());
        Assert.Equal((ShapeResponses.MaxColumnLists, 6L), (written[1].GetProperty("columns").GetArrayLength(), written[1].GetProperty("other_columns").GetInt64()));
    }

    private static void Add(ShapeResponses responses, int shape, int warnings, string? column)
    {
        var exchange = Exchange.Empty;
        exchange.Warnings = warnings;
        if (column is not null)
        {
            var columns = new ArrayBufferWriter<byte>();
            ColumnList.Begin(columns, 1);
            ColumnList.AppendColumn(columns, System.Text.Encoding.UTF8.GetBytes(column), 3, 63, isBinary: false);
            exchange.Columns = columns.WrittenSpan;
        }

        responses.Add(shape, in exchange);
    }
}
