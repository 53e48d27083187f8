using Replay.Protocol;
using Replay.Protocol.MySql;
using Replay.Workload;

namespace Replay.Client.MySql;

/// <summary>Stands between conversation and connection: notes which numbers the server gave to the statements.</summary>
internal sealed class StatementTracker(IConversationSink next, StatementIdMap statements) : IConversationSink
{
    private readonly Ring<uint> _preparing = new();

    /// <summary>A prepare is sent whose statement had the number <paramref name="captured"/> when it was recorded.</summary>
    public void Preparing(uint captured)
    {
        statements.Preparing(captured);
        _preparing.Enqueue(captured);
    }

    public void OnExchange(Conversation conversation, in Exchange exchange)
    {
        var succeeded = (exchange.Flags & ExchangeFlags.Complete) != 0 && !exchange.Failed;
        switch (exchange.Command)
        {
            case Command.MySqlStatementPrepare when _preparing.TryDequeue(out var captured):
                if (succeeded)
                {
                    statements.Add(captured, new TargetStatement((uint)exchange.StatementHandle, ((MySqlConversation)conversation).PreparedParameters));
                }
                else
                {
                    statements.PrepareFailed();
                }

                break;
            case Command.MySqlResetConnection or Command.MySqlChangeUser when succeeded:
                statements.Clear();
                break;
        }

        next.OnExchange(conversation, exchange);
    }

    public void OnFacts(Conversation conversation) => next.OnFacts(conversation);

    public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => next.OnFault(conversation, fault, isRequest, atMicroseconds);
}
