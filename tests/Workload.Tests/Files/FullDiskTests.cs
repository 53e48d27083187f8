namespace Replay.Workload.Tests;

public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task A_full_disk_is_told_and_what_was_written_before_stays_readable()
    {
        await using var disk = await SmallDisk.MountAsync();
        var folder = Path.Combine(disk.Path, "w");
        var noise = new byte[3000];
        var random = new Random(5);
        var written = 0L;
        using (var writer = WorkloadWriter.Create(folder, SampleWorkload.Manifest))
        {
            var error = Assert.Throws<WorkloadException>(() =>
            {
                for (; written < 1000; written++)
                {
                    random.NextBytes(noise);
                    writer.WriteExchange(new ExchangeCopy { Request = noise, Ordinal = (int)written }.ToExchange());
                    writer.FlushAll();
                }
            });
            Assert.Contains("no space left", error.Message, StringComparison.Ordinal);
            Assert.Contains("segment-000001.blocks", error.Message, StringComparison.Ordinal);

            // And again: nothing is dropped in silence after the first error.
            writer.WriteExchange(new ExchangeCopy().ToExchange());
            Assert.Throws<WorkloadException>(writer.FlushAll);
            Assert.Throws<WorkloadException>(() => writer.Complete(SampleWorkload.Manifest));
        }

        using var reader = WorkloadReader.Open(folder);
        Assert.InRange(written, 250, 400);
        Assert.Equal(written, reader.ExchangeCount);
        Assert.Null(reader.TornTail);
        using var cursor = reader.Read();
        for (var i = 0; i < written; i++)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(i, cursor.Current.Ordinal);
            Assert.Equal(3000, cursor.Current.Request.Length);
        }
    }

    [SmallDiskFact]
    public async Task A_run_that_has_no_room_is_refused_before_it_begins()
    {
        await using var disk = await SmallDisk.MountAsync();
        var error = Assert.Throws<WorkloadException>(() => RunWriter.Create(Path.Combine(disk.Path, "r"), new RunManifest(), 100_000));
        Assert.Contains("no space left", error.Message, StringComparison.Ordinal);
    }
}
