using Replay.TestKit;

namespace Replay.Workload.Tests;

/// <summary>A run that was broken off is written on: what it has stays, and a reader sees one run.</summary>
public sealed class ReopenedRunTests
{
    private const int Count = 300;

    private static RunManifest Manifest { get; } = new() { WorkloadId = Guid.NewGuid(), Engine = Engine.MySql, TargetUrl = "mysql://app@host/shop" };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BothPartsAreOneRun(bool wasEnded)
    {
        using var folder = new TempFolder();
        var path = folder.File("r");
        var first = Part(RunWriter.Create(path, Manifest, Count), 0, 200, "1062", wasEnded);
        var second = Part(RunWriter.Reopen(path, Manifest, Count), 200, Count, "1213", isEnded: true);
        Assert.Equal((1, 2), (first, second));
        using var reader = RunReader.Open(path);
        Assert.Null(reader.TornTail);
        var outcomes = new RunOutcome[Count];
        reader.Read(0, outcomes);
        for (var position = 0; position < Count; position++)
        {
            Assert.Equal(Outcome(position, position < 200 ? first : second), outcomes[position]);
            Assert.Equal(position < 200 ? "1062" : "1213", reader.ErrorCode(outcomes[position].ErrorCode));
            Assert.Equal(new RunError(position, position < 200 ? "1062" : "1213", $"of {position}"), reader.FindError(position));
        }

        Assert.Equal("200", reader.ReadDocument("part.json"));
        Assert.Equal(Manifest.Id, reader.Manifest.Id);
    }

    [Fact]
    public void ATornEndIsCutOffAndCodesThatWereLostWithItAreKnownToBe()
    {
        using var folder = new TempFolder();
        var path = folder.File("r");
        Part(RunWriter.Create(path, Manifest, Count), 0, 200, "1062", isEnded: false);
        var segment = Directory.GetFiles(path, "segment-*").Single();
        using (var file = new FileStream(segment, FileMode.Open))
        {
            file.SetLength(file.Length - 10); // the document's block
        }

        using (var torn = RunReader.Open(path))
        {
            Assert.NotNull(torn.TornTail);
        }

        using (var writer = RunWriter.Reopen(path, Manifest, Count))
        {
            Assert.True(writer.HasErrorCode(1));
            Assert.False(writer.HasErrorCode(2));
            Assert.Equal(("1062", "other"), (writer.ErrorCode(1), writer.ErrorCode(2)));
            Assert.Equal(2, writer.AddErrorCode("1213"));
            writer.Complete(Manifest);
        }

        using var reader = RunReader.Open(path);
        Assert.Null(reader.TornTail);
        Assert.Equal(["", "1062", "1213"], reader.ErrorCodes);
    }

    [Fact]
    public void WhatIsOfAnotherWorkloadOrIsBeingWrittenIsRefused()
    {
        using var folder = new TempFolder();
        var path = folder.File("r");
        using (var writer = RunWriter.Create(path, Manifest, Count))
        {
            Assert.Contains("another process", Assert.Throws<WorkloadException>(() => RunWriter.Reopen(path, Manifest, Count)).Message, StringComparison.Ordinal);
            writer.Set(7, Outcome(7, 0));
        }

        Assert.Contains("another run or workload", Assert.Throws<WorkloadException>(() => RunWriter.Reopen(path, Manifest, Count + 1)).Message, StringComparison.Ordinal);
        using var again = RunWriter.Reopen(path, Manifest, Count);
        Assert.Equal(Outcome(7, 0), again.Get(7));
        Assert.Equal(RunStatus.NotReached, again.Get(8).Status);
    }

    [Fact]
    public void DueTimesAreCountedFromTheLastSeamBeforeAndItsBeginningIsWarmUp()
    {
        var manifest = Manifest with
        {
            WorkloadStartMicroseconds = 1_000,
            StartedAtMicroseconds = 50_000,
            ComparedFromMicroseconds = 1_100,
            Seams = [new RunSeam { AtMicroseconds = 2_000, StartedAtMicroseconds = 90_000, ComparedFromMicroseconds = 2_300 }, new RunSeam { AtMicroseconds = 3_000, StartedAtMicroseconds = 95_000, ComparedFromMicroseconds = 3_000 }],
        };
        Assert.Equal([(1_000, 50_000), (1_000, 50_000), (2_000, 90_000), (2_000, 90_000), (3_000, 95_000)], new long[] { 900, 1_999, 2_000, 2_999, 3_500 }.Select(manifest.OriginOf));
        Assert.Equal([true, false, true, false, false], new long[] { 1_099, 1_100, 2_000, 2_300, 3_000 }.Select(manifest.IsWarmUp));
    }

    private static RunOutcome Outcome(long position, int code) => new() { Status = RunStatus.Replayed, LatencyMicroseconds = position, ErrorCode = (ushort)code, Rows = 1, Affected = RunOutcome.NoCount };

    private static int Part(RunWriter writer, int from, int to, string code, bool isEnded)
    {
        using (writer)
        {
            var index = writer.AddErrorCode(code);
            for (var position = from; position < to; position++)
            {
                writer.Set(position, Outcome(position, index));
                writer.WriteError(position, code, $"of {position}");
            }

            writer.WriteDocument("part.json", $"{from}");
            if (isEnded)
            {
                writer.Complete(Manifest);
            }

            return index;
        }
    }
}
