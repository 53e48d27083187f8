using Replay.Protocol;
using Replay.Protocol.PostgreSql;
using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Fuzz.PostgreSql;

public class PostgresConversationFuzz
{
    private const int LongestSegment = 2_000;

    [Fact]
    public void Sessions_that_keep_the_protocol_are_decoded_without_loss_however_they_are_cut()
    {
        for (var seed = FuzzSettings.Seed; seed < FuzzSettings.Seed + FuzzSettings.Cases; seed++)
        {
            Check(seed, random =>
            {
                var session = new ModelSession(random);
                session.Add(random.Next(1, 30));
                var sink = new CheckingSink();
                var conversation = new PostgresConversation(sink, ConversationLimits.Default, fromStart: true);
                conversation.Request(Startup(196608, "user", "bob"), 1);
                conversation.Response(Join(Authentication(0), Ready()), 2);
                Play(session, conversation, random);
                Assert.Equal(0, conversation.PendingRequests);
                conversation.Close(1_000_000);
                Assert.Empty(sink.Faults);
                Assert.Equal(session.Queries, sink.Seen.Count(e => e.Command == Command.Query));
                Assert.Equal(session.Executes, sink.Seen.Count(e => e.Command == Command.Execute));
                Assert.Equal(session.Errors, sink.Seen.Count(e => e.Error.Length > 0));
                Assert.All(sink.Seen, e => Assert.True((e.Flags & ExchangeFlags.Complete) != 0));
                Assert.Equal(0, conversation.BufferedBytes);
            });
        }
    }

    [Fact]
    public void Damaged_sessions_do_no_harm()
    {
        for (var seed = FuzzSettings.Seed; seed < FuzzSettings.Seed + FuzzSettings.Cases; seed++)
        {
            Check(seed, random =>
            {
                var session = new ModelSession(random);
                session.Add(random.Next(1, 15));
                var limits = random.Next(3) == 0
                    ? new ConversationLimits { MaxRequestBytes = 3_000, MaxMessageBytes = 500, MaxPendingRequests = 40, MaxPreparedStatements = 2 }
                    : ConversationLimits.Default;
                var sink = new CheckingSink();
                var conversation = new PostgresConversation(sink, limits, fromStart: random.Next(2) == 0);
                Play(session, conversation, random, damage: true);
                conversation.Close(1_000_000);
                Assert.Equal(0, conversation.PendingRequests);
                Assert.Equal(0, conversation.BufferedBytes);
            });
        }
    }

    [Fact]
    public void Noise_does_no_harm()
    {
        var types = "BCDEFHPQSXdcfp123ACDEGHIKNRTVWZnst"u8.ToArray();
        for (var seed = FuzzSettings.Seed; seed < FuzzSettings.Seed + FuzzSettings.Cases; seed++)
        {
            Check(seed, random =>
            {
                var sink = new CheckingSink();
                var conversation = PostgresConversation.AfterLogin(sink, ConversationLimits.Default);
                for (var i = 0; i < 60; i++)
                {
                    var body = new byte[random.Next(20)];
                    random.NextBytes(body);
                    var message = Message((char)types[random.Next(types.Length)], body);
                    if (random.Next(2) == 0)
                    {
                        conversation.Request(message, i + 1);
                    }
                    else
                    {
                        conversation.Response(message, i + 1);
                    }
                }

                conversation.Close(100);
                Assert.Equal(0, conversation.PendingRequests);
                Assert.Equal(0, conversation.BufferedBytes);
            });
        }
    }

    private static void Play(ModelSession session, PostgresConversation conversation, Random random, bool damage = false)
    {
        var at = 10L;
        var ahead = new Queue<byte[]>();
        foreach (var (client, server) in session.Steps)
        {
            Feed(client, isClient: true);
            ahead.Enqueue(server);
            // A COPY's data wait for the server, other requests may run ahead of it.
            if (server.AsSpan().IndexOf(CopyIn) >= 0 || random.Next(3) > 0)
            {
                Drain();
            }
        }

        Drain();

        void Drain()
        {
            while (ahead.TryDequeue(out var answer))
            {
                Feed(answer, isClient: false);
            }
        }

        void Feed(byte[] bytes, bool isClient)
        {
            bytes = damage ? Damage(bytes, random) : bytes;
            for (var done = 0; done < bytes.Length;)
            {
                var piece = bytes.AsSpan(done, Math.Min(bytes.Length - done, random.Next(3) == 0 ? random.Next(1, 8) : random.Next(1, LongestSegment)));
                done += piece.Length;
                at += random.Next(200);
                if (damage && random.Next(40) == 0)
                {
                    Lose(isClient, piece.Length);
                    continue;
                }

                if (isClient)
                {
                    conversation.Request(piece, at);
                }
                else
                {
                    conversation.Response(piece, at);
                }
            }
        }

        void Lose(bool isClient, int bytes)
        {
            bytes = random.Next(3) == 0 ? 0 : bytes;
            if (isClient)
            {
                conversation.RequestGap(bytes, at);
            }
            else
            {
                conversation.ResponseGap(bytes, at);
            }
        }
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        if (bytes.Length == 0 || random.Next(4) > 0)
        {
            return bytes;
        }

        var copy = bytes.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        }

        return copy;
    }

    private static void Check(int seed, Action<Random> act)
    {
        try
        {
            act(new Random(seed));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"REPLAY_FUZZ_SEED={seed} REPLAY_FUZZ_CASES=1", e);
        }
    }
}
