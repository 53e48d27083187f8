using System.Runtime.CompilerServices;
using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class RunTests
{
    private static RunManifest Manifest { get; } = new() { WorkloadId = Guid.NewGuid(), Engine = Engine.MySql, TargetUrl = "mysql://app@host/shop" };

    [Fact]
    public void An_outcome_is_32_bytes_and_the_default_is_one_not_reached()
    {
        Assert.Equal(32, Unsafe.SizeOf<RunOutcome>());
        Assert.Equal(RunStatus.NotReached, default(RunOutcome).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(20_000)]
    public void Outcomes_are_read_as_they_were_set_in_any_order(int count)
    {
        using var folder = new TempFolder();
        Write(folder.File("r"), count, Enumerable.Range(0, count).Reverse());
        using var reader = RunReader.Open(folder.File("r"));
        Assert.Equal(count, reader.Count);
        var random = new Random(count);
        for (var i = 0; i < 50; i++)
        {
            var from = random.Next(count + 1);
            var into = new RunOutcome[random.Next(count - from + 1)];
            reader.Read(from, into);
            Assert.Equal(Enumerable.Range(from, into.Length).Select(p => RunSample.OutcomeAt(p)), into);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(count, new RunOutcome[1]));
    }

    [Fact]
    public async Task Many_threads_may_set_outcomes_errors_and_values_at_once()
    {
        const int count = 40_000;
        using var folder = new TempFolder();
        using (var writer = RunWriter.Create(folder.File("r"), Manifest, count))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
            {
                for (var position = thread; position < count; position += 4)
                {
                    writer.Set(position, RunSample.OutcomeAt(position));
                    if (position % 10 == 0)
                    {
                        writer.WriteError(position, $"{position % 7}", $"message {position}");
                        writer.WriteValues(position, [1, 2], BitConverter.GetBytes(position));
                    }
                }
            })));
            writer.Complete(Manifest);
        }

        using var reader = RunReader.Open(folder.File("r"));
        var outcomes = new RunOutcome[count];
        reader.Read(0, outcomes);
        for (var position = 0; position < count; position++)
        {
            Assert.Equal(RunSample.OutcomeAt(position), outcomes[position]);
            var expected = position % 10 == 0 ? new RunError(position, $"{position % 7}", $"message {position}") : null;
            Assert.Equal(expected, reader.FindError(position));
            Assert.Equal(position % 10 == 0, reader.TryReadValues(position, out var values));
            Assert.True(position % 10 != 0 || values.Values.Span.SequenceEqual(BitConverter.GetBytes(position)));
        }

        Assert.Equal(count / 10, reader.Errors.Select(e => e.Position).Distinct().Count());
        Assert.NotNull(reader.Manifest.EndedAt);
        Assert.Equal(Manifest.WorkloadId, reader.Manifest.WorkloadId);
    }

    [Fact]
    public void Error_codes_are_numbered_from_1_and_those_beyond_the_table_are_one()
    {
        using var folder = new TempFolder();
        using (var writer = RunWriter.Create(folder.File("r"), Manifest, 0))
        {
            Assert.Equal(0, writer.AddErrorCode(""));
            Assert.Equal(1, writer.AddErrorCode("42P01"));
            Assert.Equal(2, writer.AddErrorCode("23505"));
            Assert.Equal(1, writer.AddErrorCode("42P01"));
            for (var i = 3; i < ushort.MaxValue; i++)
            {
                Assert.Equal(i, writer.AddErrorCode($"E{i}"));
            }

            Assert.Equal(RunWriter.OtherErrorCode, writer.AddErrorCode("one too many"));
            Assert.Equal(2, writer.AddErrorCode("23505"));
            writer.Complete(Manifest);
        }

        using var reader = RunReader.Open(folder.File("r"));
        Assert.Equal(["", "42P01", "23505", "E3"], reader.ErrorCodes.Take(4));
        Assert.Equal("23505", reader.ErrorCode(2));
        Assert.Equal("other", reader.ErrorCode(RunWriter.OtherErrorCode));
    }

    [Fact]
    public void The_last_document_of_a_name_counts()
    {
        using var folder = new TempFolder();
        using (var writer = RunWriter.Create(folder.File("r"), Manifest, 0))
        {
            writer.WriteDocument("settings", "{\"a\":1}");
            writer.WriteDocument("plans", "[]");
            writer.WriteDocument("settings", "{\"a\":2}");
            writer.Complete(Manifest);
        }

        using var reader = RunReader.Open(folder.File("r"));
        Assert.Equal(["plans", "settings"], reader.Documents.Order());
        Assert.Equal("{\"a\":2}", reader.ReadDocument("settings"));
        Assert.Null(reader.ReadDocument("Settings"));
    }

    [Fact]
    public void A_run_that_was_not_completed_is_readable_and_says_so()
    {
        using var folder = new TempFolder();
        var clock = new ManualClock();
        using var writer = RunWriter.Create(folder.File("r"), Manifest, 1000, clock);
        writer.Set(500, RunSample.OutcomeAt(500));
        writer.WriteError(500, "1", "one");
        clock.Advance(TimeSpan.FromSeconds(1));
        writer.Flush();

        using var reader = RunReader.Open(folder.File("r"));
        Assert.Null(reader.Manifest.EndedAt);
        var outcomes = new RunOutcome[1000];
        reader.Read(0, outcomes);
        Assert.Equal(1, outcomes.Count(o => o.Status != RunStatus.NotReached));
        Assert.Equal("one", reader.FindError(500)?.Message);
    }

    [Fact]
    public void Sealing_early_changes_nothing_that_is_read()
    {
        using var folder = new TempFolder();
        using (var writer = RunWriter.Create(folder.File("r"), Manifest, 1000))
        {
            for (var i = 0; i < 1000; i++)
            {
                writer.Set(i, RunSample.OutcomeAt(i));
                writer.Seal(i - 10);
            }

            writer.Complete(Manifest);
        }

        using var reader = RunReader.Open(folder.File("r"));
        var outcomes = new RunOutcome[1000];
        reader.Read(0, outcomes);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => RunSample.OutcomeAt(i)), outcomes);
    }

    [Fact]
    public void Setting_an_outcome_allocates_nothing()
    {
        using var folder = new TempFolder();
        using var writer = RunWriter.Create(folder.File("r"), Manifest, 10_000);
        Assert.Equal(0, Allocations.Least(10_000, i => writer.Set(i, RunSample.OutcomeAt(i))));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Set(10_000, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Set(-1, default));
    }

    [Fact]
    public void No_flipped_bit_of_the_outcomes_goes_unnoticed()
    {
        using var folder = new TempFolder();
        Write(folder.File("r"), 300, Enumerable.Range(0, 300));
        var path = Path.Combine(folder.File("r"), "outcomes.pages");
        var whole = File.ReadAllBytes(path);
        var random = new Random(8);
        for (var at = 0; at < whole.Length; at += 1 + random.Next(20))
        {
            whole[at] ^= 1;
            File.WriteAllBytes(path, whole);
            whole[at] ^= 1;
            var error = Assert.Throws<WorkloadException>(() =>
            {
                using var reader = RunReader.Open(folder.File("r"));
                reader.Read(0, new RunOutcome[300]);
            });
            Assert.Contains("outcomes.pages", error.Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, whole.AsSpan(0, whole.Length - 1));
        Assert.Throws<WorkloadException>(() => RunReader.Open(folder.File("r")));
        File.Delete(path);
        Assert.Throws<WorkloadException>(() => RunReader.Open(folder.File("r")));
    }

    private static void Write(string folder, int count, IEnumerable<int> order)
    {
        using var writer = RunWriter.Create(folder, Manifest, count);
        foreach (var position in order)
        {
            writer.Set(position, RunSample.OutcomeAt(position));
        }

        writer.Complete(Manifest);
    }
}
