using System.IO.Compression;
using System.Text;
using Replay.Protocol.MySql;
using Replay.TestKit;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

/// <summary>Gaps, joins in mid-stream, pipelines, compression, and packets of 16 MiB.</summary>
public sealed class StreamTests
{
    private static readonly byte[] OneRow = MySqlWire.Join(
        MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "1"), MySqlWire.Eof(3), MySqlWire.TextRow(4, "1"), MySqlWire.Eof(5));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MidStreamLearnsTheKindOfEof(bool deprecateEof)
    {
        byte[] response = deprecateEof
            ? MySqlWire.Join(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "1"), MySqlWire.TextRow(3, "1"), MySqlWire.TextRow(4, "2"), MySqlWire.Ok(5, header: 0xFE))
            : MySqlWire.Join(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "1"), MySqlWire.Eof(3), MySqlWire.TextRow(4, "1"), MySqlWire.TextRow(5, "2"), MySqlWire.Eof(6));
        var (sink, conversation) = new MySqlScript()
            .Server(MySqlWire.TextRow(9, "the end of something"))
            .Client(MySqlWire.Query("select 1")).Server(response)
            .Client(MySqlWire.Query("select 2")).Server(response)
            .Play(fromStart: false);

        Assert.Equal([("select 1", 2L, true), ("select 2", 2L, true)], sink.Exchanges.Select(e => (e.Text, e.Rows, e.IsComplete)));
        Assert.Empty(sink.Faults);
        Assert.Null(conversation.Facts.User);
        Assert.Null(conversation.Facts.Database);
        Assert.Equal(0ul, conversation.Facts.MySqlCapabilities);
    }

    [Fact]
    public void MidStreamPrepareEndsWithoutEof()
    {
        var (sink, _) = new MySqlScript()
            .Client(MySqlWire.Prepare("select ?")).Server(MySqlWire.PrepareOk(3, 1, 1), MySqlWire.Column(2, "?"), MySqlWire.Column(3, "?"))
            .Client(MySqlWire.Execute(3, [3], MySqlWire.Little(1, 4))).Server(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "?", 3), MySqlWire.BinaryRow(3, MySqlWire.Little(1, 4)), MySqlWire.Ok(4, header: 0xFE))
            .Play(fromStart: false);

        Assert.All(sink.Exchanges, e => Assert.True(e.IsComplete));
        Assert.Equal(("select ?", 1L), (sink.Exchanges[1].Text, sink.Exchanges[1].Rows));
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void ShortEofOfOldServers()
    {
        var (sink, _) = new MySqlScript()
            .Client(MySqlWire.Query("select 1")).Server(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "1"), MySqlWire.Packet(3, [0xFE]), MySqlWire.TextRow(4, "1"), MySqlWire.Packet(5, [0xFE]))
            .Play(fromStart: false);

        Assert.Equal((1L, true), (Assert.Single(sink.Exchanges).Rows, sink.Exchanges[0].IsComplete));
    }

    [Fact]
    public void MidStreamLearnsTheDatabaseFromInitDb()
    {
        var (_, conversation) = new MySqlScript().Client(MySqlWire.Command(2, Encoding.ASCII.GetBytes("till"))).Server(MySqlWire.Ok(1)).Play(fromStart: false);

        Assert.Equal("till", conversation.Facts.Database);
    }

    [Fact]
    public void LoginIsUnderstoodEvenIfTheHandshakeOfTcpWasMissed()
    {
        var (sink, conversation) = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic))
            .Client(MySqlWire.Login(MySqlWire.Basic, "app", "shop"))
            .Server(MySqlWire.Ok(2))
            .Client(MySqlWire.Query("select 1")).Server(OneRow)
            .Play(fromStart: false);

        Assert.Equal(("app", "shop"), (conversation.Facts.User, conversation.Facts.Database));
        Assert.Equal(1, Assert.Single(sink.Exchanges).Rows);
    }

    [Fact]
    public void PipelinedResponsesFindTheirRequests()
    {
        var sink = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("select 1"), MySqlWire.Query("selct"), MySqlWire.Command(25, MySqlWire.Little(1, 4)), MySqlWire.Query("select 3"))
            .Server(OneRow, MySqlWire.Error(1, 1064, "syntax"))
            .Server(OneRow)
            .PlayAllWays();

        Assert.Equal(["query", "query", "stmt_close", "query"], sink.Exchanges.Select(e => e.Command.Name()));
        Assert.Equal([1L, -1L, -1L, 1L], sink.Exchanges.Select(e => e.Rows));
        Assert.Equal("1064", sink.Exchanges[1].ErrorCode);
    }

    [Fact]
    public void OnlyTheLastOfASegmentHasATimeOfItsOwn()
    {
        var (sink, _) = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("a"), MySqlWire.Query("b"), MySqlWire.Query("c"))
            .Server(MySqlWire.Ok(1), MySqlWire.Ok(1))
            .Server(MySqlWire.Ok(1))
            .Play();

        Assert.Equal([false, true, true], sink.Exchanges.Select(e => e.Flags.HasFlag(ExchangeFlags.Timed)));
        Assert.Equal([false, true, true], sink.Exchanges.Select(e => e.Flags.HasFlag(ExchangeFlags.Pipelined)));
        Assert.Equal([5000L, 6000L, 6000L], sink.Exchanges.Select(e => e.StartedAt)); // the later of request and predecessor's end
    }

    [Fact]
    public void GapInAResponseLosesItAndNoMore()
    {
        var sink = new RecordingSink();
        var conversation = Open(sink);
        conversation.Request(MySqlWire.Query("select 1"), 10);
        conversation.Response(OneRow.AsSpan()[..20], 11);
        conversation.ResponseGap(1448, 12);
        conversation.Response(OneRow.AsSpan()[^15..], 13);
        conversation.Request(MySqlWire.Query("select 2"), 14);
        conversation.Response(OneRow, 15);
        conversation.Close(16);

        Assert.Equal([("select 1", false), ("select 2", true)], sink.Exchanges.Select(e => (e.Text, e.IsComplete)));
        Assert.Equal(1, sink.Exchanges[1].Rows);
    }

    [Fact]
    public void GapInsideAValueCostsOnlyTheHash()
    {
        var value = new string('v', 4000);
        var response = MySqlWire.Join(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "v"), MySqlWire.Eof(3), MySqlWire.TextRow(4, value), MySqlWire.TextRow(5, "x"), MySqlWire.Eof(6));
        var sink = new RecordingSink();
        var conversation = Open(sink);
        conversation.Request(MySqlWire.Query("select v"), 10);
        conversation.Response(response.AsSpan()[..500], 11);
        conversation.ResponseGap(1448, 12);
        conversation.Response(response.AsSpan()[1948..], 13);
        conversation.Request(MySqlWire.Query("select 2"), 14);
        conversation.Response(OneRow, 15);

        Assert.Equal([(2L, false), (1L, true)], sink.Exchanges.Select(e => (e.Rows, e.IsComplete)));
        Assert.False(sink.Exchanges[0].Flags.HasFlag(ExchangeFlags.Hashed));
    }

    [Fact]
    public void GapInARequestLosesItsEnd()
    {
        var query = MySqlWire.Query("select '" + new string('q', 3000) + "'");
        var sink = new RecordingSink();
        var conversation = Open(sink);
        conversation.Request(query.AsSpan()[..1000], 10);
        conversation.RequestGap(1448, 11);
        conversation.Request(query.AsSpan()[2448..], 12);
        conversation.Response(OneRow, 13);
        conversation.Request(MySqlWire.Query("select 2"), 14);
        conversation.Response(OneRow, 15);

        Assert.Equal(2, sink.Exchanges.Count);
        Assert.False(sink.Exchanges[0].Flags.HasFlag(ExchangeFlags.RequestComplete));
        Assert.StartsWith("select 'qqq", sink.Exchanges[0].Text, StringComparison.Ordinal);
        Assert.Equal(("select 2", true), (sink.Exchanges[1].Text, sink.Exchanges[1].IsComplete));
    }

    [Fact]
    public void LostRequestMakesNoFaultOfItsResponse()
    {
        var sink = new RecordingSink();
        var conversation = Open(sink);
        conversation.RequestGap(40, 10);
        conversation.Response(OneRow, 11);
        conversation.Request(MySqlWire.Query("select 2"), 12);
        conversation.Response(OneRow, 13);

        Assert.Equal(("select 2", true), (Assert.Single(sink.Exchanges).Text, sink.Exchanges[0].IsComplete));
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void GarbageIsAFaultAndTheSessionGoesOn()
    {
        var (sink, conversation) = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("select 1")).Server(MySqlWire.Packet(1, [1]), MySqlWire.Packet(2, [1, 2, 3]))
            .Client(MySqlWire.Query("select 2")).Server(OneRow)
            .Play();

        Assert.Equal((ProtocolFault.UnexpectedMessage, false), Assert.Single(sink.Faults));
        Assert.Equal([false, true], sink.Exchanges.Select(e => e.IsComplete));
        Assert.False(conversation.IsUndecodable);
    }

    [Fact]
    public void ResponseWithoutRequestIsAnOrphan()
    {
        var (sink, _) = MySqlScript.LoggedIn().Server(MySqlWire.Ok(1)).Server(MySqlWire.Error(0, 1053, "Server shutdown in progress")).Play();

        Assert.Equal((ProtocolFault.OrphanResponse, false), Assert.Single(sink.Faults));
    }

    [Fact]
    public void PayloadsOf16MiBGoOverSeveralPackets()
    {
        var text = "select '" + new string('a', 0xFFFFFF) + "'";
        var query = MySqlWire.Query(text);
        var (sink, _) = MySqlScript.LoggedIn()
            .Client(query)
            .Server(MySqlWire.Packet(2, [1]), MySqlWire.Column(3, "v"), MySqlWire.Eof(4), MySqlWire.TextRow(5, new string('b', 0xFFFFFF - 4)), MySqlWire.TextRow(7, "x"), MySqlWire.Eof(8))
            .Client(MySqlWire.Command(14)).Server(MySqlWire.Ok(1))
            .Play();

        Assert.Equal(text, sink.Exchanges[0].Text);
        Assert.Equal(query, sink.Exchanges[0].Request);
        Assert.Equal(-1, sink.Exchanges[0].TextOffset);
        Assert.Equal((2L, true), (sink.Exchanges[0].Rows, sink.Exchanges[0].IsComplete));
        Assert.False(sink.Exchanges[0].Flags.HasFlag(ExchangeFlags.Hashed)); // one row is over the bound of a message
        Assert.True(sink.Exchanges[1].IsComplete);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void RequestsOverTheBoundAreCutAndFlagged()
    {
        var script = new MySqlScript { Limits = ConversationLimits.Default with { MaxRequestBytes = 200 } };
        var (sink, conversation) = script
            .Server(MySqlWire.Greeting(MySqlWire.Basic)).Client(MySqlWire.Login(MySqlWire.Basic, "app")).Server(MySqlWire.Ok(2))
            .Client(MySqlWire.Query("select '" + new string('a', 1000) + "'")).Server(OneRow)
            .Client(MySqlWire.Query("select 2")).Server(OneRow)
            .Play();

        Assert.Equal(ExchangeFlags.RequestTruncated, sink.Exchanges[0].Flags & (ExchangeFlags.RequestTruncated | ExchangeFlags.RequestComplete | ExchangeFlags.Complete));
        Assert.Equal((200, 1L), (sink.Exchanges[0].Request.Length, sink.Exchanges[0].Rows));
        Assert.True(sink.Exchanges[1].IsComplete);
        Assert.Equal("app", conversation.Facts.User);
    }

    [Fact]
    public void CompressionBeginsAfterTheLogin()
    {
        var sink = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic | MySqlWire.Compress)).Client(MySqlWire.Login(MySqlWire.Basic | MySqlWire.Compress, "app")).Server(MySqlWire.Ok(2))
            .Client(Frame(0, MySqlWire.Query("select 1"), deflate: false))
            .Server(Frame(1, OneRow[..30], deflate: true), Frame(2, OneRow[30..], deflate: true))
            .Client(Frame(0, MySqlWire.Query("select '" + new string('z', 300) + "'"), deflate: true))
            .Server(Frame(1, MySqlWire.Error(1, 1064, "syntax"), deflate: false))
            .PlayAllWays();

        Assert.Equal(2, sink.Exchanges.Count);
        Assert.Equal(1, sink.Exchanges[0].Rows);
        Assert.Equal(MySqlWire.Query("select 1"), sink.Exchanges[0].Request);
        Assert.Equal("1064", sink.Exchanges[1].ErrorCode);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void ZstdIsReadToo()
    {
        const uint Zstd = 0x0400_0000;
        var plain = OneRow;
        // A frame of one raw block: magic, "single segment with a length of one byte", the length, the block's header, the bytes.
        byte[] packed = [0x28, 0xB5, 0x2F, 0xFD, 0x20, (byte)plain.Length, .. MySqlWire.Little(1 | ((ulong)plain.Length << 3), 3), .. plain];
        byte[] frame = [.. MySqlWire.Little((ulong)packed.Length, 3), 1, .. MySqlWire.Little((ulong)plain.Length, 3), .. packed];
        var sink = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic | Zstd)).Client(MySqlWire.Login(MySqlWire.Basic | Zstd, "app")).Server(MySqlWire.Ok(2))
            .Client(Frame(0, MySqlWire.Query("select 1"), deflate: false)).Server(frame)
            .PlayAllWays();

        Assert.Equal((1L, true), (Assert.Single(sink.Exchanges).Rows, sink.Exchanges[0].IsComplete));
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void MidStreamFindsCompression()
    {
        var (sink, _) = new MySqlScript()
            .Client(Frame(0, MySqlWire.Query("select 1"), deflate: false)).Server(Frame(1, OneRow, deflate: true))
            .Play(fromStart: false);

        Assert.Equal(("select 1", 1L, true), (Assert.Single(sink.Exchanges).Text, sink.Exchanges[0].Rows, sink.Exchanges[0].IsComplete));
    }

    [Fact]
    public void DamagedFramesAreAFault()
    {
        var frame = Frame(1, OneRow, deflate: true);
        frame[15] ^= 0x55;
        var (sink, conversation) = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic | MySqlWire.Compress)).Client(MySqlWire.Login(MySqlWire.Basic | MySqlWire.Compress, "app")).Server(MySqlWire.Ok(2))
            .Client(Frame(0, MySqlWire.Query("select 1"), deflate: false)).Server(frame)
            .Client(Frame(0, MySqlWire.Query("select 2"), deflate: false)).Server(Frame(1, OneRow, deflate: true))
            .Play();

        Assert.NotEmpty(sink.Faults);
        Assert.Equal([false, true], sink.Exchanges.Select(e => e.IsComplete));
        Assert.False(conversation.IsUndecodable);
    }

    [Fact]
    public void TheOldestStatementsAreForgotten()
    {
        var script = new MySqlScript { Limits = ConversationLimits.Default with { MaxPreparedStatements = 2 } }
            .Server(MySqlWire.Greeting(MySqlWire.Basic)).Client(MySqlWire.Login(MySqlWire.Basic, "app")).Server(MySqlWire.Ok(2));
        for (var id = 1u; id <= 3; id++)
        {
            script.Client(MySqlWire.Prepare($"do {id}")).Server(MySqlWire.PrepareOk(id, 0, 0));
        }

        var (sink, _) = script
            .Client(MySqlWire.Execute(1, null)).Server(MySqlWire.Ok(1))
            .Client(MySqlWire.Execute(2, null)).Server(MySqlWire.Ok(1))
            .Play();

        Assert.Equal(["", "do 2"], sink.Exchanges.Skip(3).Select(e => e.Text));
        Assert.True(sink.Exchanges[3].Flags.HasFlag(ExchangeFlags.UnknownStatement));
    }

    [Fact]
    public void NothingIsAllocatedPerExchange()
    {
        var sink = new CountingSink();
        var conversation = MySqlConversation.AfterLogin(sink, ConversationLimits.Default, MySqlCapabilities.Protocol41);
        var query = MySqlWire.Query("select c from t where id = 5");
        var prepare = MySqlWire.Prepare("select c from t where id = ?");
        var prepared = MySqlWire.Join(MySqlWire.PrepareOk(3, 1, 1), MySqlWire.Column(2, "?"), MySqlWire.Eof(3), MySqlWire.Column(4, "c"), MySqlWire.Eof(5));
        var execute = MySqlWire.Execute(3, [3], MySqlWire.Little(1, 4));
        var rows = MySqlWire.Join(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "c"), MySqlWire.Eof(3), MySqlWire.BinaryRow(4, MySqlWire.Text("x")), MySqlWire.Eof(5));
        var close = MySqlWire.Command(25, MySqlWire.Little(3, 4));
        var rounds = 0;
        void Round(int i)
        {
            rounds++;
            conversation.Request(query, 1);
            conversation.Response(OneRow, 2);
            conversation.Request(prepare, 3);
            conversation.Response(prepared.AsSpan(0, 20), 4);
            conversation.Response(prepared.AsSpan(20), 4);
            conversation.Request(execute, 5);
            conversation.Response(rows, 6);
            conversation.Request(close, 7);
        }

        Assert.Equal(0, Allocations.Least(1000, Round));
        Assert.Equal(4 * rounds, sink.Count);
    }

    private static MySqlConversation Open(RecordingSink sink) => MySqlConversation.AfterLogin(sink, ConversationLimits.Default, MySqlCapabilities.Protocol41);

    private static byte[] Frame(byte sequence, byte[] plain, bool deflate)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(plain);
        }

        var data = deflate ? packed.ToArray() : plain;
        return [.. MySqlWire.Little((ulong)data.Length, 3), sequence, .. MySqlWire.Little(deflate ? (ulong)plain.Length : 0, 3), .. data];
    }

    private sealed class CountingSink : IConversationSink
    {
        public int Count { get; private set; }

        public void OnExchange(Conversation conversation, in Exchange exchange) => Count++;

        public void OnFacts(Conversation conversation) => Assert.Fail("no facts change here");

        public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Assert.Fail(fault.ToString());
    }
}
