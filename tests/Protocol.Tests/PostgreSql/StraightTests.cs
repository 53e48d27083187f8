using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

/// <summary>
/// The straight way (a plain batch in one segment, its plain answer in one) gives what the long way gives, times included. A request in two segments of one time always takes the long way.
/// </summary>
public class StraightTests
{
    private const int Dialogues = 2_000;
    private const int Steps = 30;

    private static readonly byte[][] Requests =
    [
        Query("select a, b from t where id = 5"),
        Query("alter role bob password 'secret'"),
        Query(""),
        Join(Bind("", "s1", ["5"], 1), DescribePortal(""), Execute(""), Sync),
        Join(Bind("", "s1", ["5"]), Execute(""), Sync),
        Join(Bind("", "s2", [null]), DescribePortal(""), Execute(""), Sync),
        Join(Bind("", "", ["7"]), DescribePortal(""), Execute(""), Sync),
        Join(Parse("s1", "select a, b from t where id = $1", 23), Bind("", "s1", ["5"]), DescribePortal(""), Execute(""), Sync),
        Join(Parse("s2", "update t set a = $1"), Bind("", "s2", ["5"]), Execute(""), Sync),
        Join(Parse("", "alter role bob password 'secret'"), Bind("", ""), DescribePortal(""), Execute(""), Sync),
        Join(Parse("", "select 1"), Bind("", "s1"), Execute(""), Sync),
        Join(Parse("s1", "select b from u", 23), DescribeStatement("s1"), Sync),
        Join(Bind("c", "s1", ["5"]), Execute("c", 1), Sync),
        Join(Execute("c", 1), Sync),
        Join(Execute(""), Sync),
        Join(Bind("", "s1", ["5"]), Execute(""), Bind("", "s2", ["5"]), Execute(""), Sync),
        Join(Bind("", "s1", ["5"]), DescribePortal(""), Execute("")),
        Join(CloseStatement("s1"), Sync),
        Join(Query("select 1"), Query("select 2")),
        Sync,
        Flush,
    ];

    private static readonly byte[][] Answers =
    [
        ParseComplete, BindComplete, CloseComplete, NoData, Suspended, Empty,
        Columns(("a", 23), ("b", 25)), Row("1", null), Row("2", "xyz"), Complete("SELECT 2"), Complete("SELECT 0"), Complete("UPDATE 3"), Complete("BEGIN"),
        Ready(), Ready('T'), Ready('E'), Notice("n"), Status("application_name", "x"), Error("23505", "duplicate"), CopyIn,
        Join(Columns(("a", 23)), Row("1"), Complete("SELECT 1"), Ready()),
        Join(Complete("INSERT 0 1"), Ready('T')),
        Join(BindComplete, Columns(("a", 23), ("b", 25)), Row("1", "2"), Complete("SELECT 1"), Ready()),
        Join(BindComplete, Columns(("b", 25)), Complete("SELECT 0"), Ready('T')),
        Join(BindComplete, NoData, Complete("UPDATE 1"), Ready('T')),
        Join(BindComplete, Row("1", "2"), Complete("SELECT 1"), Ready()),
        Join(BindComplete, Complete("UPDATE 1"), Ready()),
        Join(BindComplete, Message('D', (short)3, 99), Complete("SELECT 1"), Ready()),
        Join(ParseComplete, BindComplete, Columns(("a", 23), ("b", 25)), Row("1", "2"), Complete("SELECT 1"), Ready()),
        Join(ParseComplete, BindComplete, NoData, Complete("ALTER ROLE"), Ready()),
        Join(ParseComplete, BindComplete, Complete("UPDATE 1"), Ready()),
        Join(Error("42P05", "exists"), Ready('E')),
        Join(BindComplete, Columns(("a", 23), ("b", 25)), Row("1", "2"), Suspended, Ready()),
    ];

    // What a server would say to the request of the same place; the others are answered at random.
    private static readonly int[] Fitting = [20, 21, 20, 22, 25, 24, 22, 28, 30, 29];

    [Fact]
    public void It_gives_what_the_long_way_gives()
    {
        var straight = 0;
        for (var seed = 0; seed < Dialogues; seed++)
        {
            var (whole, wholeFaults, deferred) = Play(seed, split: false);
            var (parts, partsFaults, _) = Play(seed, split: true);
            straight += deferred;
            Assert.Equal(parts.Count, whole.Count);
            Assert.All(parts.Zip(whole), (pair, at) => Assert.True(pair.First == pair.Second, $"seed {seed}, exchange {at}:\n{pair.First}\n{pair.Second}"));
            Assert.Equal(wholeFaults, partsFaults);
        }

        Assert.InRange(straight, Dialogues, int.MaxValue); // or nothing was compared
    }

    [Fact]
    public void A_batch_that_waits_for_its_answer_is_pending_and_is_handed_out_when_the_session_ends()
    {
        var talk = Talk.Joined().Client(Query("select 0")).Server(Complete("SELECT 0"), Ready()).Client(Query("select 1"));
        Assert.Equal(1, talk.Conversation.PendingRequests);
        Assert.True(talk.Conversation.BufferedBytes > 0);
        talk.Close();
        Assert.Equal("select 1", talk.Seen[^1].Text);
        Assert.False(talk.Seen[^1].Has(ExchangeFlags.Complete));
    }

    private static (List<SeenExchange> Seen, List<ProtocolFault> Faults, int Deferred) Play(int seed, bool split)
    {
        var random = new Random(seed);
        var talk = Talk.Joined();
        talk.Client(Sync).Server(Ready());
        var deferred = 0;
        var isLost = false;
        for (var step = 0; step < Steps; step++)
        {
            var request = random.Next(Requests.Length);
            var cut = random.Next(1, Requests[request].Length);
            if (random.Next(10) > 0)
            {
                var isPlain = request < Fitting.Length && talk.Conversation.PendingRequests == 0;
                deferred += isPlain ? 1 : 0;
                Send(talk, Requests[request], split && !isLost ? cut : 0);
            }

            var answer = request < Fitting.Length && random.Next(8) > 0 ? Fitting[request] : random.Next(Answers.Length);
            if (random.Next(20) == 0)
            {
                talk.Conversation.ResponseGap(random.Next(50), talk.Now);
            }
            else if (random.Next(40) == 0)
            {
                // A half that was lost looks for a beginning in each segment, so that cutting it is a difference.
                talk.Conversation.RequestGap(random.Next(50), talk.Now);
                isLost = true;
            }
            else
            {
                var bytes = random.Next(20) == 0 ? Answers[answer][..^1] : Answers[answer];
                talk.Server(bytes);
            }
        }

        talk.Close();
        return (talk.Seen, talk.Faults, deferred);
    }

    private static void Send(Talk talk, byte[] request, int cut)
    {
        if (cut > 0)
        {
            talk.Client(request[..cut]).Wait(-100);
        }

        talk.Client(request[cut..]);
    }
}
