using Replay.Network;
using Replay.Protocol;

namespace Replay.TestKit;

/// <summary>Feeds a connection's bytes to its conversation, as the agent does, and nothing else.</summary>
public sealed class ConversationFlow(Conversation conversation) : FlowHandler
{
    public override void Data(FlowDirection direction, ReadOnlySpan<byte> bytes, long atMicroseconds)
    {
        if (direction == FlowDirection.ToServer)
        {
            conversation.Request(bytes, atMicroseconds);
        }
        else
        {
            conversation.Response(bytes, atMicroseconds);
        }
    }

    public override void Gap(FlowDirection direction, long bytes, long atMicroseconds)
    {
        if (direction == FlowDirection.ToServer)
        {
            conversation.RequestGap(bytes, atMicroseconds);
        }
        else
        {
            conversation.ResponseGap(bytes, atMicroseconds);
        }
    }

    public override void Closed(FlowCloseReason reason, long atMicroseconds) => conversation.Close(atMicroseconds);
}
