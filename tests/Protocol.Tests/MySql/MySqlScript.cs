using Replay.Protocol.MySql;
using Replay.TestKit.Scripted;

namespace Replay.Protocol.Tests.MySql;

/// <summary>
/// Both halves of a connection as a list of segments, to be decoded whole, byte by byte, and with every segment cut in two at every
/// place: what comes out must be the same. Time is the segment's number * 1,000 us.
/// </summary>
public sealed class MySqlScript
{
    private readonly List<(bool IsRequest, byte[] Bytes)> _segments = [];

    /// <summary>Bounds; small ones for tests of the bounds.</summary>
    public ConversationLimits Limits { get; init; } = ConversationLimits.Default;

    /// <summary>A script that begins with a login.</summary>
    public static MySqlScript LoggedIn(uint capabilities = MySqlWire.Basic, uint mariaDb = 0) => new MySqlScript()
        .Server(MySqlWire.Greeting(capabilities, mariaDb))
        .Client(MySqlWire.Login(capabilities, "app", "shop", mariaDb))
        .Server(MySqlWire.Packet(2, [1, 3])) // caching_sha2_password: fast authentication succeeded
        .Server(MySqlWire.Ok(3));

    /// <summary>The client's next segment.</summary>
    public MySqlScript Client(params byte[][] packets) => Add(true, packets);

    /// <summary>The server's next segment.</summary>
    public MySqlScript Server(params byte[][] packets) => Add(false, packets);

    /// <summary>Decodes the script as it stands.</summary>
    public (RecordingSink Sink, MySqlConversation Conversation) Play(bool fromStart = true) => Play(_segments, fromStart);

    /// <summary>Decodes the script in all ways of cutting it, checks that they agree, and returns what came out.</summary>
    public RecordingSink PlayAllWays(bool fromStart = true)
    {
        var (sink, _) = Play(fromStart);
        var expected = Summaries(sink);
        Assert.Equal(expected, Summaries(Play([.. _segments.SelectMany(s => s.Bytes.Select(b => (s.IsRequest, new[] { b })))], fromStart).Sink));
        for (var i = 0; i < _segments.Count; i++)
        {
            for (var at = 1; at < _segments[i].Bytes.Length; at++)
            {
                List<(bool, byte[])> cut = [.. _segments];
                cut[i] = (_segments[i].IsRequest, _segments[i].Bytes[..at]);
                cut.Insert(i + 1, (_segments[i].IsRequest, _segments[i].Bytes[at..]));
                Assert.Equal(expected, Summaries(Play(cut, fromStart).Sink));
            }
        }

        return sink;
    }

    private static List<string> Summaries(RecordingSink sink) => [.. sink.Exchanges.Select(e => e.Summary()), .. sink.Faults.Select(f => f.ToString())];

    private MySqlScript Add(bool isRequest, byte[][] packets)
    {
        _segments.Add((isRequest, MySqlWire.Join(packets)));
        return this;
    }

    private (RecordingSink Sink, MySqlConversation Conversation) Play(List<(bool IsRequest, byte[] Bytes)> segments, bool fromStart)
    {
        var sink = new RecordingSink();
        var conversation = new MySqlConversation(sink, Limits, fromStart);
        long at = 0;
        foreach (var (isRequest, bytes) in segments)
        {
            at += 1000;
            if (isRequest)
            {
                conversation.Request(bytes, at);
            }
            else
            {
                conversation.Response(bytes, at);
            }
        }

        conversation.Close(at + 1000);
        return (sink, conversation);
    }
}
