using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

/// <summary>Keeps all that a conversation hands out.</summary>
public sealed class RecordingSink : IConversationSink
{
    public List<RecordedExchange> Exchanges { get; } = [];

    public List<(ProtocolFault Fault, bool IsRequest)> Faults { get; } = [];

    public int FactsChanges { get; private set; }

    public void OnExchange(Conversation conversation, in Exchange exchange) => Exchanges.Add(RecordedExchange.From(exchange));

    public void OnFacts(Conversation conversation) => FactsChanges++;

    public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Faults.Add((fault, isRequest));
}
