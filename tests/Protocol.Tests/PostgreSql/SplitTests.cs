using Replay.Protocol.PostgreSql;
using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

/// <summary>How bytes are cut into segments changes no exchange but its times.</summary>
public class SplitTests
{
    private static readonly (bool IsClient, byte[] Bytes)[] Script =
    [
        (true, Untyped(80877103)),
        (false, "N"u8.ToArray()),
        (true, Startup(196608, "user", "bob", "database", "shop")),
        (false, Authentication(3)),
        (true, Message('p', "secret")),
        (false, Join(Authentication(0), Status("server_version", "17.2"), KeyData(), Ready())),
        (true, Query("select a, b from t")),
        (false, Join(Columns(("a", 23), ("b", 25)), Row("1", null), Notice("n"), Row("2", "xyz"), Complete("SELECT 2"), Ready())),
        (true, Join(Parse("s1", "insert into t values ($1) returning a", 23), DescribeStatement("s1"), Sync)),
        (false, Join(ParseComplete, ParameterTypes(23), Columns(("a", 23)), Ready())),
        (true, Join(Bind("", "s1", ["5"], 1), Execute(""), Bind("", "s1", [null]), Execute(""), Sync, Bind("c", "s1", ["6"]), Execute("c", 1), Sync)),
        (false, Join(BindComplete, Row("5"), Complete("INSERT 0 1"), BindComplete, Error("23502", "null"), Ready('E'), BindComplete, Row("6"), Suspended, Ready('T'))),
        (true, Join(Parse("", "copy t from stdin"), Bind("", ""), Execute(""), Sync)),
        (false, Join(ParseComplete, BindComplete, CopyIn)),
        (true, Join(CopyData("1\t2\n"), CopyData("3\t4\n"), CopyDone, Sync)),
        (false, Join(Complete("COPY 2"), Ready())),
        (true, Query("copy t to stdout; alter role bob password 'x'")),
        (false, Join(CopyOut, CopyData("1\n"), CopyData("2\n"), CopyDone, Complete("COPY 2"), Complete("ALTER ROLE"), Ready())),
        (true, Join(Parse("", "bad"), Bind("", ""), Execute(""), Sync)),
        (false, Join(Error("42601", "bad"), Ready())),
        (true, Message('F', 1598, (short)0, (short)0, (short)0)),
        (false, Join(Message('V', 1, new byte[] { 7 }), Ready())),
        (true, Terminate),
    ];

    private static readonly List<string> Whole = Play(bytes => [bytes]);

    [Fact]
    public void Byte_by_byte()
    {
        Assert.Equal(9 + 2, Whole.Count);
        Assert.Equal(Whole, Play(bytes => bytes.Select(b => new[] { b })));
    }

    [Fact]
    public void In_two_parts_at_every_place()
    {
        for (var step = 0; step < Script.Length; step++)
        {
            for (var at = 1; at < Script[step].Bytes.Length; at++)
            {
                var parts = new[] { Script[step].Bytes[..at], Script[step].Bytes[at..] };
                Assert.Equal(Whole, Play(bytes => ReferenceEquals(bytes, Script[step].Bytes) ? parts : [bytes]));
            }
        }
    }

    [Fact]
    public void In_pieces_of_every_size()
    {
        for (var size = 2; size < 40; size++)
        {
            Assert.Equal(Whole, Play(bytes => bytes.Chunk(size)));
        }
    }

    [Fact]
    public void After_the_login_explicit_grouping_gives_one_exchange_for_what_was_sent_at_once()
    {
        var talk = new Talk(sink => PostgresConversation.AfterLogin(sink, ConversationLimits.Default));
        byte[][] sends = [Parse("a", "bad"), Join(Bind("", "a"), Execute(""), Sync), Query("select 1"), Flush, Terminate];
        foreach (var send in sends)
        {
            talk.Conversation.BeginRequest(Command.Execute);
            talk.Client(send);
            talk.Conversation.EndRequest();
        }

        talk.Server(ParseComplete, BindComplete, Complete("SELECT 0"), Ready()).Server(Complete("SELECT 0"), Ready());
        Assert.Equal(sends.Select(Convert.ToHexString), talk.Seen.Select(e => e.Request));
        Assert.All(talk.Seen, e => Assert.True(e.Has(ExchangeFlags.Complete)));
    }

    [Fact]
    public void Nothing_is_allocated_once_buffers_have_grown()
    {
        var sink = new CountingSink();
        var conversation = PostgresConversation.AfterLogin(sink, ConversationLimits.Default);
        var request = Join(Parse("", "select a from t where id = $1", 23), Bind("", "", ["5"]), DescribePortal(""), Execute(""), Sync);
        var response = Join(ParseComplete, BindComplete, Columns(("a", 23)), Row("5"), Complete("SELECT 1"), Ready());
        var query = Query("select 1");
        var answer = Join(Columns(("a", 23)), Row("1"), Row("2"), Complete("SELECT 2"), Ready());
        Round(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round(1_000);
        Assert.Equal(4_000, sink.Exchanges);
        // The smallest object has 24 bytes. The pool may make an array anew when the thread has changed its core.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000 * 10);

        void Round(int count)
        {
            for (var i = 0; i < count; i++)
            {
                conversation.Request(request, i);
                conversation.Response(response.AsSpan(0, 30), i);
                conversation.Response(response.AsSpan(30), i);
                conversation.Request(query, i);
                conversation.Response(answer, i);
            }
        }
    }

    private static List<string> Play(Func<byte[], IEnumerable<byte[]>> cut)
    {
        var talk = new Talk(fromStart: true);
        foreach (var (isClient, bytes) in Script)
        {
            foreach (var piece in cut(bytes))
            {
                _ = isClient ? talk.Client(piece) : talk.Server(piece);
            }
        }

        Assert.Empty(talk.Faults);
        Assert.Equal(0, talk.Conversation.PendingRequests);
        return [.. talk.Seen.Select(e => e.Essence())];
    }

    private sealed class CountingSink : IConversationSink
    {
        public int Exchanges { get; private set; }

        public void OnExchange(Conversation conversation, in Exchange exchange) => Exchanges++;

        public void OnFacts(Conversation conversation)
        {
        }

        public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Assert.Fail(fault.ToString());
    }
}
