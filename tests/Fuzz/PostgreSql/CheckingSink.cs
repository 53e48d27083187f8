using Replay.Protocol;
using Replay.Workload;

namespace Replay.Fuzz.PostgreSql;

/// <summary>Takes exchanges and checks what must hold for any of them, whatever the bytes were.</summary>
internal sealed class CheckingSink : IConversationSink
{
    private int _next;

    public List<(Command Command, ExchangeFlags Flags, string Error)> Seen { get; } = [];

    public List<ProtocolFault> Faults { get; } = [];

    public void OnExchange(Conversation conversation, in Exchange exchange)
    {
        Assert.Equal(_next++, exchange.Ordinal);
        Assert.True(exchange.RequestedAtMicroseconds > 0, "asked in 1970");
        Assert.True(exchange.StartedAtMicroseconds >= exchange.RequestedAtMicroseconds, "started before it was asked");
        Assert.True(exchange.FirstByteAtMicroseconds >= exchange.StartedAtMicroseconds, "first byte before the start");
        Assert.True(exchange.EndedAtMicroseconds >= exchange.FirstByteAtMicroseconds, "ended before the first byte");
        Assert.True(exchange.Rows >= -1 && exchange.Affected >= -1 && exchange.ResponseBytes >= 0, "negative counts");
        if (exchange.TextOffset >= 0)
        {
            Assert.True(exchange.Request.Slice(exchange.TextOffset, exchange.Text.Length).SequenceEqual(exchange.Text), "the text is not where it should be");
        }

        const ExchangeFlags whole = ExchangeFlags.Complete | ExchangeFlags.RequestTruncated;
        Assert.False((exchange.Flags & whole) == ExchangeFlags.Complete && (exchange.Flags & ExchangeFlags.RequestComplete) == 0, "complete without its request");
        RowValues.Decode(exchange.Values);
        ColumnList.Decode(exchange.Columns);
        Protocol.PostgreSql.PostgresParameters.Parameters(in exchange);
        Seen.Add((exchange.Command, exchange.Flags, System.Text.Encoding.UTF8.GetString(exchange.ErrorCode)));
    }

    public void OnFacts(Conversation conversation)
    {
    }

    public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Faults.Add(fault);
}
