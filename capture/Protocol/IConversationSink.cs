using Replay.Workload;

namespace Replay.Protocol;

/// <summary>Takes what a <see cref="Conversation"/> decodes. Calls come from within Request, Response and Close; spans live as long as the call.</summary>
public interface IConversationSink
{
    /// <summary>An exchange has ended. Session and shape are the sink's to set in its copy.</summary>
    void OnExchange(Conversation conversation, in Exchange exchange);

    /// <summary>User, database, encryption or another fact of the session became known or changed.</summary>
    void OnFacts(Conversation conversation);

    /// <summary>Bytes could not be decoded; the conversation resynchronises unless it is undecodable now.</summary>
    void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds);
}
