using System.Text;
using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

public class LoginTests
{
    private const string Secret = "hunter2-very-secret";

    private static readonly byte[] SslRequest = Untyped(80877103);
    private static readonly byte[] GssRequest = Untyped(80877104);

    [Fact]
    public void A_login_is_no_exchange_and_tells_the_session()
    {
        var talk = LoggedIn(new Talk(fromStart: true));
        var facts = talk.Conversation.Facts;
        Assert.Equal(("bob", "shop", "17.2", 4711L), (facts.User, facts.Database, facts.ServerVersion, facts.ServerConnectionId));
        Assert.Equal("psql", facts.Parameters["application_name"]);
        Assert.True(facts.LoggedIn);
        Assert.Empty(talk.Seen);
        Assert.Equal(0, talk.Conversation.PendingRequests);
        talk.Client(Query("select 1")).Server(Complete("SELECT 1"), Ready());
        Assert.Equal((0, "select 1"), (talk.Only.Ordinal, talk.Only.Text));
    }

    [Fact]
    public void Ssl_and_gss_refused_the_login_goes_on_in_plain()
    {
        var talk = new Talk(fromStart: true).Client(GssRequest).Server("N"u8.ToArray()).Client(SslRequest).Server("N"u8.ToArray());
        LoggedIn(talk);
        Assert.Equal("bob", talk.Conversation.Facts.User);
        Assert.False(talk.Conversation.Facts.Encrypted);
    }

    [Theory]
    [InlineData("S", true)]
    [InlineData("G", false)]
    public void Encryption_ends_what_can_be_read(string answer, bool ssl)
    {
        var talk = new Talk(fromStart: true).Client(ssl ? SslRequest : GssRequest).Server(Encoding.ASCII.GetBytes(answer));
        Assert.True(talk.Conversation.Facts.Encrypted);
        talk.Client([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]).Server([0x16, 3, 3, 0, 1, 9]).Close();
        Assert.Empty(talk.Seen);
        Assert.Empty(talk.Faults);
        Assert.Equal(0, talk.Conversation.BufferedBytes);
    }

    [Fact]
    public void Direct_tls_begins_with_a_client_hello()
    {
        var talk = new Talk(fromStart: true).Client([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]);
        Assert.True(talk.Conversation.Facts.Encrypted);
    }

    [Fact]
    public void An_error_in_place_of_the_ssl_answer_is_a_refused_login()
    {
        var talk = new Talk(fromStart: true).Client(SslRequest).Server(Error("0A000", "unsupported frontend protocol", "FATAL"));
        Assert.Equal("0A000", talk.Conversation.Facts.ErrorCode);
        Assert.Empty(talk.Faults);
    }

    [Fact]
    public void A_cancel_request_is_an_exchange_of_its_own_connection_with_keys_of_any_length()
    {
        foreach (var key in new[] { 4, 32, 256 })
        {
            var request = Untyped(80877102, 4711, new byte[key]);
            var e = new Talk(fromStart: true).Client(request).Close().Only;
            Assert.Equal((Command.Cancel, Convert.ToHexString(request)), (e.Command, e.Request));
            Assert.True(e.Has(ExchangeFlags.NoResponse | ExchangeFlags.Complete | ExchangeFlags.RequestComplete));
        }
    }

    [Fact]
    public void Protocol_3_2_negotiates_and_has_longer_keys()
    {
        var talk = new Talk(fromStart: true)
            .Client(Startup(196610, "user", "bob", "_pq_.x", "1"))
            .Server(Message('v', 196608, 1, "_pq_.x"), Authentication(0), Message('K', 12, new byte[32]), Ready());
        Assert.Equal((12L, true, "bob"), (talk.Conversation.Facts.ServerConnectionId, talk.Conversation.Facts.LoggedIn, talk.Conversation.Facts.Database));
        Assert.Empty(talk.Faults);
    }

    [Theory]
    [InlineData("database", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    public void Replication_connections_are_known(string value, bool expected) =>
        Assert.Equal(expected, new Talk(fromStart: true).Client(Startup(196608, "user", "r", "replication", value)).Conversation.Facts.Replication);

    [Fact]
    public void A_refused_login_is_the_sessions_error_and_no_exchange()
    {
        var talk = new Talk(fromStart: true)
            .Client(Startup(196608, "user", "bob"))
            .Server(Authentication(3))
            .Client(Message('p', Secret))
            .Server(Error("28P01", "password authentication failed for user \"bob\"", "FATAL"))
            .Close();
        Assert.Equal(("28P01", "password authentication failed for user \"bob\""), (talk.Conversation.Facts.ErrorCode, talk.Conversation.Facts.ErrorMessage));
        Assert.Empty(talk.Seen);
        Assert.False(talk.Conversation.Facts.LoggedIn);
    }

    [Fact]
    public void What_authenticates_is_never_handed_out()
    {
        var talk = new Talk(fromStart: true)
            .Client(Startup(196608, "user", "bob"))
            .Server(Authentication(10, "SCRAM-SHA-256", (byte)0))
            .Client(Message('p', "SCRAM-SHA-256", 20, Encoding.UTF8.GetBytes(Secret + ",n=,r=abcdefgh")))
            .Server(Authentication(11, Encoding.UTF8.GetBytes("r=abcdefgh1,s=salt,i=4096")))
            .Client(Message('p', Encoding.UTF8.GetBytes("c=biws,p=" + Secret)))
            .Server(Authentication(12, Encoding.UTF8.GetBytes("v=proof")), Authentication(0), Ready())
            .Client(Query("select 1")).Server(Complete("SELECT 1"), Ready());
        Assert.Equal(Convert.ToHexString(Query("select 1")), talk.Only.Request);
        Assert.DoesNotContain(Secret, string.Join(' ', talk.Conversation.Facts.Parameters.Values), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_protocol_is_given_up()
    {
        var talk = new Talk(fromStart: true).Client(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
        Assert.True(talk.Conversation.IsUndecodable);
        Assert.Equal(ProtocolFault.NotThisProtocol, Assert.Single(talk.Faults));
    }

    [Theory]
    [InlineData("create role bob password 'hunter2-very-secret'")]
    [InlineData("ALTER USER bob WITH ENCRYPTED PASSWORD E'hunter2-very-secret' VALID UNTIL '2030-01-01'")]
    [InlineData("select 1; alter role x password $$hunter2-very-secret$$; select 2")]
    [InlineData("/* app */ CREATE USER MAPPING FOR bob SERVER s OPTIONS (user 'bob', password 'hunter2-very-secret')")]
    [InlineData("create subscription s connection 'host=h password=hunter2-very-secret user=u' publication p")]
    [InlineData("do $x$ begin create role a password 'hunter2-very-secret'; end $x$")]
    public void Passwords_in_statements_are_masked_and_lengths_stay(string sql)
    {
        var talk = Talk.Joined().Client(Query(sql)).Server(Complete("CREATE ROLE"), Ready())
            .Client(Parse("", sql), Bind("", ""), Execute(""), Sync).Server(ParseComplete, BindComplete, Complete("CREATE ROLE"), Ready());
        Assert.Equal(2, talk.Seen.Count);
        Assert.All(talk.Seen, e =>
        {
            Assert.DoesNotContain(Secret, e.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)), e.Request, StringComparison.Ordinal);
            Assert.Equal(sql.Length, e.Text.Length);
            Assert.True(e.Has(ExchangeFlags.Masked));
        });
    }

    [Theory]
    [InlineData("update users set password = 'x' where id = 1")]
    [InlineData("select password from users where name = 'alter role'")]
    [InlineData("create table users (id int, password text default 'x')")]
    [InlineData("alter table users add password text default 'x'")]
    public void Columns_called_password_are_the_applications_data(string sql)
    {
        var e = Talk.Joined().Client(Query(sql)).Server(Complete("UPDATE 1"), Ready()).Only;
        Assert.Equal(sql, e.Text);
        Assert.False(e.Has(ExchangeFlags.Masked));
    }

    private static Talk LoggedIn(Talk talk) => talk
        .Client(Startup(196608, "user", "bob", "database", "shop", "application_name", "psql"))
        .Server(Authentication(5, new byte[] { 1, 2, 3, 4 }))
        .Client(Message('p', Secret))
        .Server(Authentication(0), Status("server_version", "17.2"), KeyData(), Notice("hello"))
        .Server(Ready());
}
