using Replay.Protocol;
using Replay.Protocol.MySql;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Fuzz.MySql;

/// <summary>Any bytes on both halves: no exception, bounded memory, every pending request handed out at the end, ordinals without holes.</summary>
public sealed class MySqlConversationFuzz
{
    private const int Seed = 20261121;

    [Fact]
    public void DamagedConversations()
    {
        for (var round = 0; round < 6_000; round++)
        {
            Play(Seed + round, Damage);
        }
    }

    [Fact]
    public void Noise()
    {
        for (var round = 0; round < 2_000; round++)
        {
            Play(Seed + 1_000_000 + round, static (random, bytes) => random.NextBytes(bytes));
        }
    }

    private static void Play(int seed, Action<Random, byte[]> damage)
    {
        var random = new Random(seed);
        var sink = new CheckingSink();
        var limits = ConversationLimits.Default with { MaxRequestBytes = 4096, MaxMessageBytes = 2048, MaxPendingRequests = 64, MaxPreparedStatements = 4 };
        var conversation = random.Next(4) == 0
            ? MySqlConversation.AfterLogin(sink, limits, (MySqlCapabilities)random.NextInt64())
            : new MySqlConversation(sink, limits, fromStart: random.Next(3) > 0);
        try
        {
            var at = 0L;
            foreach (var (isRequest, bytes) in Script(random))
            {
                if (random.Next(3) == 0)
                {
                    damage(random, bytes);
                }

                Feed(conversation, random, isRequest, bytes, at += 10);
            }

            Assert.True(conversation.BufferedBytes < 1 << 20, $"{conversation.BufferedBytes} bytes held");
            conversation.Close(at + 10);
            Assert.Equal(0, conversation.PendingRequests);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}", e);
        }
    }

    private static void Feed(MySqlConversation conversation, Random random, bool isRequest, byte[] bytes, long at)
    {
        for (var rest = bytes.AsSpan(); !rest.IsEmpty;)
        {
            var piece = rest[..random.Next(1, rest.Length + 1)];
            rest = rest[piece.Length..];
            var isLost = random.Next(40) == 0;
            if (isRequest)
            {
                if (isLost)
                {
                    conversation.RequestGap(random.Next(2) * piece.Length, at);
                }
                else
                {
                    conversation.Request(piece, at);
                }
            }
            else if (isLost)
            {
                conversation.ResponseGap(random.Next(2) * piece.Length, at);
            }
            else
            {
                conversation.Response(piece, at);
            }
        }
    }

    private static void Damage(Random random, byte[] bytes)
    {
        for (var i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(4) switch { 0 => 0xFF, 1 => 0xFE, 2 => 0, _ => (byte)random.Next(256) };
        }
    }

    private static IEnumerable<(bool IsRequest, byte[] Bytes)> Script(Random random)
    {
        var capabilities = MySqlWire.Basic
            | ((uint)random.Next(2) * MySqlWire.DeprecateEof)
            | ((uint)random.Next(2) * MySqlWire.QueryAttributes)
            | ((uint)random.Next(2) * MySqlWire.SessionTrack)
            | ((uint)(random.Next(5) / 4) * MySqlWire.Compress);
        yield return (false, MySqlWire.Greeting(capabilities, random.Next(2) == 0 ? 0 : 0x3Cu));
        yield return (true, MySqlWire.Login(capabilities, "app", "shop"));
        yield return (false, MySqlWire.Ok(2));
        byte[] eof = (capabilities & MySqlWire.DeprecateEof) == 0 ? MySqlWire.Eof(3) : [];
        var end = eof.Length > 0 ? MySqlWire.Eof(5) : MySqlWire.Ok(4, header: 0xFE);
        var row = eof.Length > 0 ? 4 : 3;
        for (var i = 0; i < 12; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    yield return (true, MySqlWire.Join(MySqlWire.Query("select 1"), MySqlWire.Query("select 2")));
                    yield return (false, MySqlWire.Join(MySqlWire.Ok(1), MySqlWire.Error(1, 1064, "syntax")));
                    break;
                case 1:
                    yield return (true, MySqlWire.Prepare("insert into t values (?) returning id"));
                    yield return (false, MySqlWire.Join(MySqlWire.PrepareOk(5, 1, 1), MySqlWire.Column(2, "?"), eof, MySqlWire.Column(4, "id", 3), eof));
                    break;
                case 2:
                    yield return (true, MySqlWire.Execute(random.Next(3) == 0 ? uint.MaxValue : 5, random.Next(2) == 0 ? [3] : null, MySqlWire.Little(7, 4)));
                    yield return (false, MySqlWire.Join(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "id", 3), eof, MySqlWire.BinaryRow(row, MySqlWire.Little(1, 4)), end));
                    break;
                case 3:
                    yield return (true, MySqlWire.Query("load data local infile 'x' into table t"));
                    yield return (false, MySqlWire.Packet(1, [0xFB], [(byte)'x']));
                    yield return (true, MySqlWire.Join(MySqlWire.Packet(2, new byte[100]), MySqlWire.Packet(3)));
                    yield return (false, MySqlWire.Ok(4));
                    break;
                case 4:
                    yield return (true, MySqlWire.Command(24, MySqlWire.Little(5, 4), [0, 0], new byte[random.Next(5000)]));
                    yield return (true, MySqlWire.Command(25, MySqlWire.Little(5, 4)));
                    break;
                case 5:
                    yield return (true, MySqlWire.Command(17, MySqlWire.Zero("u"), [3, 1, 2, 3], MySqlWire.Zero("d"), MySqlWire.Little(45, 2)));
                    yield return (false, MySqlWire.Ok(1));
                    break;
                case 6:
                    yield return (true, MySqlWire.Command((byte)random.Next(256), new byte[random.Next(12)]));
                    yield return (false, MySqlWire.Ok(1));
                    break;
                default:
                    yield return (true, MySqlWire.Query("select v"));
                    yield return (false, MySqlWire.Join(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "v"), eof, MySqlWire.TextRow(row, new string('v', random.Next(4000))), end));
                    break;
            }
        }
    }

    private sealed class CheckingSink : IConversationSink
    {
        private int _next;

        public void OnExchange(Conversation conversation, in Exchange exchange)
        {
            Assert.Equal(_next++, exchange.Ordinal);
            Assert.True(exchange.EndedAtMicroseconds >= exchange.FirstByteAtMicroseconds && exchange.FirstByteAtMicroseconds >= exchange.StartedAtMicroseconds);
            Assert.True(exchange.TextOffset < 0 || exchange.Request[exchange.TextOffset..].StartsWith(exchange.Text));
            if ((exchange.Flags & ExchangeFlags.AllValues) != 0)
            {
                Assert.Equal(exchange.Rows, RowValues.Decode(exchange.Values).Count);
            }

            _ = MySqlParameters.Parameters(exchange);
            _ = MySqlParameters.QueryAttributes(exchange);
            _ = ColumnList.Decode(exchange.Columns);
        }

        public void OnFacts(Conversation conversation)
        {
            // Nothing to check.
        }

        public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Assert.NotEqual(ProtocolFault.None, fault);
    }
}
