using Replay.Network;
using Replay.Protocol;
using Replay.Protocol.MySql;
using Replay.Protocol.PostgreSql;
using Replay.Sql;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Fuzz;

/// <summary>The agent's path from a file to exchanges and shapes, without the agent: what it must hold on any bytes is checked on the way.</summary>
internal sealed class DecodeHarness(SeedCapture seed) : IFlowFactory, IConversationSink
{
    private readonly ShapeReader _shapes = new(seed.IsPostgres ? SqlDialect.PostgreSql : SqlDialect.MySql);
    private readonly Dictionary<Conversation, int> _ordinals = [];

    public long Exchanges { get; private set; }

    /// <summary>Decodes a file; a file that is refused as none counts as decoded.</summary>
    public void Decode(byte[] file)
    {
        var pipeline = new CapturePipeline(new ServerPorts(seed.Ports.Select(p => new ServerAddress(null, p))), this);
        try
        {
            using var source = PcapFile.Open(new MemoryStream(file));
            while (source.TryNext(out var packet))
            {
                pipeline.Packet(packet);
                CheckSums(pipeline.Counters);
            }
        }
        catch (PcapFormatException)
        {
            // The answer that a damaged file may get.
        }

        pipeline.Finish();
        var counters = pipeline.Counters;
        CheckSums(counters);
        Require(counters.BufferedBytes == 0 && counters.FragmentsHeld == 0, "something is still held after the end");
        Require(counters.FlowsOpened == counters.FlowsClosed, "a flow was opened and never closed");
    }

    public FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds) => new ConversationFlow(
        seed.IsPostgres ? new PostgresConversation(this, ConversationLimits.Default, fromStart) : new MySqlConversation(this, ConversationLimits.Default, fromStart));

    public void OnExchange(Conversation conversation, in Exchange exchange)
    {
        Exchanges++;
        Require(exchange.Ordinal == _ordinals.GetValueOrDefault(conversation), "ordinals have a hole");
        _ordinals[conversation] = exchange.Ordinal + 1;
        Require(_shapes.Read(exchange.Text).Text.Length <= (2 * exchange.Text.Length) + 64, "a shape is much longer than its statement");
    }

    public void OnFacts(Conversation conversation)
    {
        // Facts are the recorder's business.
    }

    public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Require(fault != ProtocolFault.None, "a fault without a reason");

    private static void CheckSums(PipelineCounters c)
    {
        Require(c.Seen == c.Decoded + c.IgnoredTotal + c.FragmentsHeld + c.DroppedByKernel, "packets do not add up");
        Require(c.PayloadBytes == c.DeliveredBytes + c.RepeatedBytes + c.DiscardedBytes + c.BufferedBytes, "bytes do not add up");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
