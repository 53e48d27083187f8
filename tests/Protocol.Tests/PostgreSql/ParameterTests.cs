using Replay.Protocol.PostgreSql;
using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

public class ParameterTests
{
    [Theory]
    [InlineData(16, "01", "t")]
    [InlineData(21, "FFFE", "-2")]
    [InlineData(23, "0000002A", "42")]
    [InlineData(20, "8000000000000000", "-9223372036854775808")]
    [InlineData(700, "3FC00000", "1.5")]
    [InlineData(701, "7FF0000000000000", "Infinity")]
    [InlineData(701, "3FB999999999999A", "0.1")]
    [InlineData(25, "68C3A9", "hé")]
    [InlineData(1043, "", "")]
    [InlineData(2950, "00112233445566778899AABBCCDDEEFF", "00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData(1082, "FFFFFFFF", "1999-12-31")]
    [InlineData(1082, "7FFFFFFF", "infinity")]
    [InlineData(1114, "00000000000F4241", "2000-01-01 00:00:01.000001")]
    [InlineData(1184, "0000000000000000", "2000-01-01 00:00:00+00")]
    [InlineData(1083, "0000000000000001", "00:00:00.000001")]
    [InlineData(3802, "017B7D", "{}")]
    [InlineData(17, "0001FF", @"\x0001ff")]
    [InlineData(0, "0000002A", @"\x0000002a")]
    [InlineData(23, "00002A", @"\x00002a")]
    [InlineData(1700, "0002000000000002" + "0001" + "1388", "1.50")]
    [InlineData(1700, "0001000140000000" + "0003", "-30000")]
    [InlineData(1700, "0001FFFF00000004" + "0001", "0.0001")]
    [InlineData(1700, "0001FFFE00000006" + "0064", "0.000001")]
    [InlineData(1700, "0000000000000003", "0.000")]
    [InlineData(1700, "00000000C0000000", "NaN")]
    [InlineData(1007, "000000010000000100000017" + "0000000300000001" + "0000000400000001" + "FFFFFFFF" + "0000000400000003", "{1,NULL,3}")]
    [InlineData(1009, "000000010000000000000019" + "0000000200000001" + "00000003612C62" + "00000000", "{\"a,b\",\"\"}")]
    [InlineData(1007, "000000000000000000000017", "{}")]
    public void Binary_values_become_text_by_their_type(uint type, string hex, string expected) =>
        Assert.Equal(expected, BinaryText.Of(type, Convert.FromHexString(hex)));

    [Fact]
    public void Damaged_values_become_digits_and_never_throw()
    {
        var random = new Random(7);
        foreach (var type in new uint[] { 16, 20, 21, 23, 25, 700, 701, 1007, 1009, 1082, 1083, 1114, 1184, 1231, 1700, 2950, 3802, 3807 })
        {
            for (var i = 0; i < 2_000; i++)
            {
                var bytes = new byte[random.Next(40)];
                random.NextBytes(bytes);
                Assert.NotNull(BinaryText.Of(type, bytes));
            }
        }
    }

    [Fact]
    public void An_exchanges_parameters_are_those_of_its_bind()
    {
        var bind = Message(
            'B', "", "s", (short)2, (short)1, (short)0, (short)3, 4, new byte[] { 0, 0, 0, 7 }, 2, "hi"u8.ToArray(), -1, (short)0);
        IReadOnlyList<string?>? seen = null, none = [];
        var sink = new Reader((in Exchange e) => seen = PostgresParameters.Parameters(in e));
        var conversation = PostgresConversation.AfterLogin(sink, ConversationLimits.Default);
        conversation.Request(Join(Parse("s", "select $1, $2, $3", 23, 25, 25), bind, Execute(""), Sync), 1);
        conversation.Response(Join(ParseComplete, BindComplete, Complete("SELECT 0"), Ready()), 2);
        Assert.Equal(["7", "hi", null], seen);
        sink.Take = (in Exchange e) => none = PostgresParameters.Parameters(in e);
        conversation.Request(Query("select 1"), 3);
        conversation.Response(Join(Complete("SELECT 0"), Ready()), 4);
        Assert.Null(none);
    }

    private delegate void TakeExchange(in Exchange exchange);

    private sealed class Reader(TakeExchange take) : IConversationSink
    {
        public TakeExchange Take { get; set; } = take;

        public void OnExchange(Conversation conversation, in Exchange exchange) => Take(exchange);

        public void OnFacts(Conversation conversation)
        {
        }

        public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Assert.Fail(fault.ToString());
    }
}
