using System.Text;
using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class WriterTests
{
    [Fact]
    public void Nobody_else_may_enter_the_folder_or_read_its_files()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        using (var run = RunWriter.Create(folder.File("r"), new RunManifest(), 10))
        {
            run.WriteError(1, "1", "one");
            run.Complete(new RunManifest());
        }

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var name in new[] { "w", "r" })
        {
            Assert.Equal(owner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File(name)));
            var files = Directory.GetFiles(folder.File(name));
            Assert.True(files.Length >= 2);
            Assert.All(files, file => Assert.Equal(owner, File.GetUnixFileMode(file)));
        }
    }

    [Fact]
    public void An_open_folder_that_is_there_and_empty_is_closed_to_others()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("w"));
        Directory.CreateDirectory(Path.Combine(folder.File("w"), "snapshot"));
        SampleWorkload.Write(folder.File("w"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("w")));
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(Path.Combine(folder.File("w"), "snapshot"), reader.SnapshotFolder);
    }

    [Fact]
    public void The_manifest_comes_back_with_what_the_writer_counted()
    {
        using var folder = new TempFolder();
        var manifest = SampleWorkload.Manifest with
        {
            Servers = [new CapturedServer(Engine.PostgreSql, ":5432", "18.1")],
            Source = "live lo",
            FirstAtMicroseconds = 5,
            Counters = new CaptureCounters { PacketsSeen = 7, PacketsIgnored = new Dictionary<string, long>(StringComparer.Ordinal) { ["not tcp"] = 3 } },
            Snapshot = new SnapshotInfo
            {
                Tool = "pg_dump",
                Engine = Engine.PostgreSql,
                Databases = [new SnapshotDatabase { Name = "shop", File = "shop.dump", Types = new Dictionary<uint, string> { [16_400] = "public.mood" }, Sequences = [new("public.s", 5, 1)] }],
            },
            Warnings = ["one"],
        };
        using (var writer = WorkloadWriter.Create(folder.File("w"), manifest))
        {
            writer.WriteSession(SampleWorkload.SessionAt(9));
            writer.WriteExchange(SampleWorkload.ExchangeAt(0).ToExchange());
            writer.AddShape(Engine.MySql, 1, 2, "select ?"u8, "read");
            writer.WriteGap(new Gap(1, true, 2, 3));
            writer.Complete(manifest);
        }

        using var reader = WorkloadReader.Open(folder.File("w"));
        var read = reader.Manifest;
        Assert.Equal((1L, 9, 1, 1L, 1), (read.Contents.Exchanges, read.Contents.Sessions, read.Contents.Shapes, read.Contents.Gaps, read.Contents.Segments));
        Assert.Equal(new FileInfo(SampleWorkload.Segment(folder.File("w"))).Length, read.Contents.Bytes);
        Assert.Equal(("live lo", 5L, 7L, 3L), (read.Source, read.FirstAtMicroseconds, read.Counters.PacketsSeen, read.Counters.PacketsIgnored["not tcp"]));
        Assert.Equal("public.mood", read.Snapshot?.Databases[0].Types[16_400]);
        Assert.Equal(new SequencePosition("public.s", 5, 1), read.Snapshot?.Databases[0].Sequences[0]);
        Assert.Equal(manifest.Servers, read.Servers);
        Assert.NotNull(read.CompletedAt);
    }

    [Fact]
    public void A_manifest_can_be_replaced_in_mid_capture_and_keeps_its_identity()
    {
        using var folder = new TempFolder();
        using var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest);
        writer.UpdateManifest(new WorkloadManifest { Source = "later" });
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(("later", SampleWorkload.Manifest.Id), (reader.Manifest.Source, reader.Manifest.Id));
    }

    [Fact]
    public void Shapes_are_known_by_engine_and_fingerprint_and_read_back_by_number()
    {
        using var folder = new TempFolder();
        using (var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest))
        {
            Assert.Equal(0, writer.AddShape(Engine.PostgreSql, 1, 2, "select ?"u8, "read"));
            writer.FlushAll();
            Assert.Equal(1, writer.AddShape(Engine.MySql, 1, 2, "select ?"u8, "read"));
            Assert.Equal(2, writer.AddShape(Engine.PostgreSql, 2, 2, "delete"u8, "write"));
            Assert.Equal(0, writer.AddShape(Engine.PostgreSql, 1, 2, "another text"u8, "read"));
            writer.Complete(SampleWorkload.Manifest);
        }

        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(
            [new Shape(0, Engine.PostgreSql, 1, 2, "select ?", "read"), new Shape(1, Engine.MySql, 1, 2, "select ?", "read"), new Shape(2, Engine.PostgreSql, 2, 2, "delete", "write")],
            reader.Shapes);
    }

    [Fact]
    public void A_full_table_of_shapes_refuses_and_counts()
    {
        using var folder = new TempFolder();
        using var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest, new WorkloadWriterOptions { MaxShapes = 2 });
        Assert.Equal([0, 1, -1, -1], Enumerable.Range(0, 4).Select(i => writer.AddShape(Engine.MySql, 0, (ulong)i, "x"u8, "read")));
        Assert.Equal(1, writer.AddShape(Engine.MySql, 0, 1, "x"u8, "read"));
        writer.Complete(SampleWorkload.Manifest);
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(2, reader.Manifest.Contents.ShapesRefused);
        Assert.Equal(2, reader.Shapes.Count);
    }

    [Fact]
    public void A_very_long_shape_is_cut_between_characters()
    {
        using var folder = new TempFolder();
        var text = "x" + string.Concat(Enumerable.Repeat("ü", 10_000));
        using (var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest))
        {
            writer.AddShape(Engine.MySql, 0, 1, Encoding.UTF8.GetBytes(text), "read");
            writer.Complete(SampleWorkload.Manifest);
        }

        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.EndsWith("ü…", reader.Shapes[0].Text, StringComparison.Ordinal);
        Assert.StartsWith(reader.Shapes[0].Text[..^1], text, StringComparison.Ordinal);
    }

    [Fact]
    public void Gaps_come_back_in_order()
    {
        using var folder = new TempFolder();
        var gaps = Enumerable.Range(0, 1000).Select(i => new Gap(i - 5, i % 3 == 0, i % 7 == 0 ? long.MinValue : i, i * (1L << 40))).ToList();
        using (var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest))
        {
            foreach (var gap in gaps)
            {
                writer.WriteGap(gap);
                if (gap.Session % 300 == 0)
                {
                    writer.FlushAll();
                }
            }

            writer.Complete(SampleWorkload.Manifest);
        }

        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(gaps, reader.Gaps);
    }

    [Fact]
    public void A_statement_text_is_on_disk_once_however_often_it_is_executed()
    {
        using var folder = new TempFolder();
        var random = new Random(6);
        var text = Encoding.UTF8.GetBytes("select " + string.Concat(Enumerable.Range(0, 30_000).Select(_ => (char)('a' + random.Next(26)))));
        using (var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest))
        {
            for (var i = 0; i < 40; i++)
            {
                writer.WriteExchange(new ExchangeCopy { Ordinal = i, Request = [1, 2, 3, (byte)i], Text = text }.ToExchange());
                writer.FlushAll();
            }

            // A text that comes with its request is written there, then at its next sight in another block to the table.
            for (var i = 0; i < 40; i++)
            {
                writer.WriteExchange(new ExchangeCopy { Ordinal = i, Request = [9, .. text, 0], Text = text, TextOffset = 1 }.ToExchange());
                writer.FlushAll();
            }

            writer.Complete(SampleWorkload.Manifest);
            Assert.InRange(writer.BytesWritten, text.Length / 2, text.Length * 2);
        }

        using var reader = WorkloadReader.Open(folder.File("w"));
        using var cursor = reader.Read();
        for (var i = 0; i < 80; i++)
        {
            Assert.True(cursor.MoveNext());
            Assert.True(cursor.Current.Text.SequenceEqual(text));
            Assert.Equal(i < 40 ? 4 : text.Length + 2, cursor.Current.Request.Length);
        }
    }
}
