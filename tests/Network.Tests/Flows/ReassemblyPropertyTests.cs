namespace Replay.Network.Tests.Flows;

/// <summary>Conversations made by chance, then cut, shuffled, repeated and dropped: what must hold whatever happened.</summary>
public sealed class ReassemblyPropertyTests
{
    private const int Rounds = 400;

    [Fact]
    public void NothingThatTheWireDoesChangesTheBytes()
    {
        foreach (var (seed, random) in Seeds.Of(Rounds))
        {
            var truth = Conversation.Random(random);
            var packets = truth.Shuffled(random, window: random.Next(1, 12), repeatOneOf: random.Next(2, 20));
            var tap = new Tap().Feed(packets).Finish();

            var flow = Assert.Single(tap.Flows);
            Assert.True(truth.ToServer.AsSpan().SequenceEqual(flow.ToServer), $"seed {seed}: to server");
            Assert.True(truth.ToClient.AsSpan().SequenceEqual(flow.ToClient), $"seed {seed}: to client");
            Assert.True(flow.FromStart, $"seed {seed}");
            Assert.Equal(0, tap.Counters.MissingBytes);
            Assert.True(flow.Reason == FlowCloseReason.Fin, $"seed {seed}: {flow.Reason}");
        }
    }

    [Fact]
    public void RequestsComeBeforeTheirResponses()
    {
        foreach (var (seed, random) in Seeds.Of(Rounds))
        {
            var truth = Conversation.Random(random);
            var flow = new Tap().Feed(truth.Shuffled(random, window: 6, repeatOneOf: 10)).Finish().Only;

            // Whatever was shuffled, the turns of the two sides are those of the conversation.
            Assert.Equal(truth.Turns, Turns(flow));
            Assert.True(flow.Reason == FlowCloseReason.Fin, $"seed {seed}");
        }
    }

    [Fact]
    public void GapsAccountForEachMissingByte()
    {
        foreach (var (seed, random) in Seeds.Of(Rounds))
        {
            var truth = Conversation.Random(random);
            int dropOneOf = random.Next(2, 30);
            var packets = truth.Shuffled(random, window: random.Next(1, 4), repeatOneOf: 20)
                .Where(packet => !Conversation.IsData(packet) || random.Next(dropOneOf) != 0)
                .ToList();
            var tap = new Tap().Feed(packets).Finish();

            CheckPieces(tap.Only, FlowDirection.ToServer, truth.ToServer, seed);
            CheckPieces(tap.Only, FlowDirection.ToClient, truth.ToClient, seed);
        }
    }

    [Fact]
    public void WithDropsAndTightBoundsEachByteIsStillInItsPlace()
    {
        foreach (var (seed, random) in Seeds.Of(Rounds))
        {
            var limits = new ReassemblyLimits
            {
                MaxBufferedBytesPerFlow = random.Next(1, 20_000),
                MaxBufferedBytes = random.Next(1, 20_000),
                MaxBufferedSegmentsPerFlow = random.Next(1, 10),
                ReorderPatience = TimeSpan.FromMicroseconds(random.Next(1, 1_000)),
                HoleTimeout = TimeSpan.FromMicroseconds(random.Next(1, 10_000)),
            };
            var truth = Conversation.Random(random);
            var packets = truth.Shuffled(random, window: random.Next(1, 20), repeatOneOf: 5)
                .Where(packet => !Conversation.IsData(packet) || random.Next(8) != 0)
                .ToList();
            var flow = new Tap(limits).Feed(packets).Finish().Only;

            CheckPieces(flow, FlowDirection.ToServer, truth.ToServer, seed);
            CheckPieces(flow, FlowDirection.ToClient, truth.ToClient, seed);
        }
    }

    private static void CheckPieces(RecordedFlow flow, FlowDirection direction, byte[] truth, int seed)
    {
        long end = 0;
        foreach (var (offset, bytes, length) in flow.Pieces(direction))
        {
            Assert.Equal(end, offset);
            end = offset + length;
            Assert.True(end <= truth.Length, $"seed {seed}: {direction} has {end} of {truth.Length} bytes");
            Assert.True(
                bytes is null || bytes.AsSpan().SequenceEqual(truth.AsSpan((int)offset, bytes.Length)), $"seed {seed}: {direction} at {offset}");
        }

        Assert.True(end == truth.Length, $"seed {seed}: {direction} has {end} of {truth.Length} bytes");
    }

    private static List<FlowDirection> Turns(RecordedFlow flow)
    {
        var turns = new List<FlowDirection>();
        foreach (string text in flow.Events)
        {
            FlowDirection? direction = text[0] switch { '>' => FlowDirection.ToServer, '<' => FlowDirection.ToClient, _ => null };
            if (direction is { } turn && (turns.Count == 0 || turns[^1] != turn))
            {
                turns.Add(turn);
            }
        }

        return turns;
    }
}
