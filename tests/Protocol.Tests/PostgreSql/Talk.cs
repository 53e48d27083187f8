using Replay.Protocol.PostgreSql;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Protocol.Tests.PostgreSql;

/// <summary>A conversation under test: what is said to it, and what came out. Time goes on by 100 us with each segment unless told.</summary>
internal sealed class Talk : IConversationSink
{
    public Talk(bool fromStart = false, ConversationLimits? limits = null, PostgresConversation? conversation = null)
    {
        Conversation = conversation ?? new PostgresConversation(this, limits ?? ConversationLimits.Default, fromStart);
    }

    public Talk(Func<IConversationSink, PostgresConversation> make) => Conversation = make(this);

    public PostgresConversation Conversation { get; }

    public List<SeenExchange> Seen { get; } = [];

    public List<ProtocolFault> Faults { get; } = [];

    public int FactsTold { get; private set; }

    public long Now { get; private set; } = 1_000;

    public SeenExchange Only => Assert.Single(Seen);

    /// <summary>A session right after its login, joined at a quiet moment.</summary>
    public static Talk Joined(ConversationLimits? limits = null) => new(fromStart: false, limits);

    public Talk Client(params byte[][] parts)
    {
        Now += 100;
        Conversation.Request(PostgresWire.Join(parts), Now);
        return this;
    }

    public Talk Server(params byte[][] parts)
    {
        Now += 100;
        Conversation.Response(PostgresWire.Join(parts), Now);
        return this;
    }

    public Talk Wait(long microseconds)
    {
        Now += microseconds;
        return this;
    }

    public Talk Close()
    {
        Now += 100;
        Conversation.Close(Now);
        return this;
    }

    public void OnExchange(Conversation conversation, in Exchange exchange) => Seen.Add(SeenExchange.From(exchange));

    public void OnFacts(Conversation conversation) => FactsTold++;

    public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Faults.Add(fault);
}
